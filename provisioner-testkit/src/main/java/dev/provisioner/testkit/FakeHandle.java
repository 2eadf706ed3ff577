package dev.provisioner.testkit;

/** What {@link FakeResources} hands out while it is waited for: the whole state of the wait. */
record FakeHandle(String id, int polls) {

  String text() {
    return id + "/" + polls;
  }

  static FakeHandle parse(String text) {
    int slash = text.lastIndexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("Not a handle of ours: '" + text + "'.");
    }
    return new FakeHandle(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
  }
}
