package dev.traced.tracer.demo.shop;

/** What the shop sells; the price in cents. */
record Product(int id, String name, String description, int price) {}
