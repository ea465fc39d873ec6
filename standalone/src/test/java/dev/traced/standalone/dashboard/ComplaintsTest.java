package dev.traced.standalone.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import org.junit.jupiter.api.Test;

/** Nothing that a browser has to say goes unnoticed. */
@BrowserTest
class ComplaintsTest {
    @Test
    void errorsAndWarnings_areComplaints(Page page, Complaints complaints) {
        complaints.expect("^console (error|warning): (one|two) ");
        page.navigate("/");

        page.evaluate("() => { console.error('one'); console.warn('two'); console.info('three'); }");

        assertThat(complaints.all()).hasSize(2);
        assertThat(complaints.unexpected()).isEmpty();
    }

    @Test
    void thrownErrors_areComplaints(Page page, Complaints complaints) {
        complaints.expect("error of a script: .*nobody catches it");
        page.navigate("/");

        page.evaluate(
                "() => new Promise(done => { setTimeout(done, 20); setTimeout(() => { throw new Error('nobody catches it'); }); })");

        assertThat(complaints.all()).hasSize(1);
    }

    @Test
    void brokenRequests_areComplaints(Page page, Complaints complaints) {
        complaints.expect("the server responded with a status of 404");
        complaints.expect("request failed: .*/logs");
        complaints.expect("console error: Failed to load resource: net::ERR_CONNECTION_RESET");
        page.navigate("/");
        page.route("**/logs", route -> route.abort("connectionreset"));

        page.evaluate(
                "async () => { await fetch('/traces/00000000-0000-4000-8000-000000000000'); await fetch('/logs').catch(() => {}); }");

        assertThat(complaints.all()).hasSize(3);
    }

    /** Here the policy stops the request; a page without one would be noticed. */
    @Test
    void otherHosts_areComplaints(Page page, Complaints complaints) {
        complaints.expect("request to another host: http://elsewhere.test/");
        complaints.expect("elsewhere.test|ERR_NAME_NOT_RESOLVED");
        page.navigate("about:blank");

        page.evaluate("() => fetch('http://elsewhere.test/', {mode: 'no-cors'}).catch(() => {})");

        assertThat(complaints.all()).contains("request to another host: http://elsewhere.test/");
    }
}
