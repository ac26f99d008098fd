//! The harness of the tests: the built binary, a folder to serve, validators and a browser.
