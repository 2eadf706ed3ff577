package dev.provisioner.testkit.matrix;

/** How an engine comes to its end, and how the next one learns of it. */
enum Death {
  /** It is killed; another machine's engine waits until its lease has run out. */
  SILENT,
  /** It is killed; the store knows it, and it is started again at once. */
  KNOWN,
  /** It is killed while a call to the cloud is half done. */
  TORN,
  /** It stands still until another engine has done its work, and then goes on. */
  PAUSED
}
