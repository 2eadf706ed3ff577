package dev.provisioner.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.provisioner.error.StateStoreException;
import dev.provisioner.state.ObjectBucket.Put;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Tries, with an object of its own, whether a bucket does what a state store needs. */
final class ObjectProbe {
  private final ObjectBucket bucket;
  private final String directory = "_probe/" + UUID.randomUUID() + "/";
  private final String name = directory + "1";

  private ObjectProbe(ObjectBucket bucket) {
    this.bucket = bucket;
  }

  /**
   * Tries the bucket, in eleven requests, and leaves nothing behind.
   *
   * @throws StateStoreException if the bucket cannot hold state
   */
  static void run(ObjectBucket bucket) throws IOException {
    ObjectProbe probe = new ObjectProbe(bucket);
    boolean passed = false;
    try {
      probe.probe();
      passed = true;
    } finally {
      probe.removeAll(passed);
    }
  }

  private void probe() throws IOException {
    require(bucket.get(name, null).isEmpty(), "returned an object that was never written");
    String first = done(bucket.putIfAbsent(name, bytes("first")));
    require(
        bucket.putIfAbsent(name, bytes("other")) instanceof Put.Conflict,
        "wrote over an object that was there, although the request said to write only if there is"
            + " none (If-None-Match: *)");
    String second = done(bucket.putIfUnchanged(name, first, bytes("second")));
    require(
        bucket.putIfUnchanged(name, first, bytes("third")) instanceof Put.Conflict,
        "wrote over an object that had changed, although the request said to write only if it has"
            + " not (If-Match)");
    bucket.putIfAbsent(directory + "2", new byte[0]);
    ObjectBucket.Content read = bucket.get(name, null).orElse(null);
    require(
        read != null && Arrays.equals(read.bytes(), bytes("second")) && read.tag().equals(second),
        "did not return what was written last");
    require(
        bucket.list(directory, null, 10).names().equals(List.of(name, directory + "2"))
            && bucket.list(directory, name, 10).names().equals(List.of(directory + "2")),
        "did not list what was written, in the order of names and after a given one");
  }

  private String done(Put put) {
    require(
        put instanceof Put.Done,
        "refused a conditional write whose condition held, or carried it out twice");
    return ((Put.Done) put).tag();
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new StateStoreException(
          bucket.label()
              + " cannot hold state: it "
              + otherwise
              + ". Engines would overwrite each other's records. No state was written. Use Amazon S3"
              + " itself, or a service whose conditional writes are atomic.");
    }
  }

  private void removeAll(boolean passed) throws IOException {
    try {
      bucket.delete(name);
      bucket.delete(directory + "2");
    } catch (IOException e) {
      if (passed) {
        throw e; // markers of the due index have to be deleted, too
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
