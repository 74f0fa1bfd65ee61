"""At the root, so that the tests inside extension folders have the same fixtures as tests/."""

pytest_plugins = ["tests.fixtures"]
