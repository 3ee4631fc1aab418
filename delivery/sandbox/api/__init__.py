"""The sandbox's interface for the test suites of other programs: JSON, by keys of one mailbox each."""
