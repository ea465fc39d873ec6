package dev.traced.tracer.instrument.kafka;

import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.RandomAccess;
import java.util.function.UnaryOperator;

/**
 * A list whose iterator is traced, and nothing else of it: a list that is copied, printed or compared processes no records, and
 * a stream may be on any thread.
 */
final class TracedList<T> extends AbstractList<T> implements RandomAccess {
    private final List<T> list;
    private final UnaryOperator<Iterator<T>> traced;

    TracedList(List<T> list, UnaryOperator<Iterator<T>> traced) {
        this.list = list;
        this.traced = traced;
    }

    @Override
    public Iterator<T> iterator() {
        return traced.apply(list.iterator());
    }

    @Override
    public T get(int index) {
        return list.get(index);
    }

    @Override
    public int size() {
        return list.size();
    }

    @Override
    public Object[] toArray() {
        return list.toArray();
    }

    @Override
    public <A> A[] toArray(A[] array) {
        return list.toArray(array);
    }

    @Override
    public boolean equals(Object other) {
        return list.equals(other);
    }

    @Override
    public int hashCode() {
        return list.hashCode();
    }

    @Override
    public String toString() {
        return list.toString();
    }
}
