package dev.provisioner.testkit.stores;

import dev.provisioner.state.ObjectBucket;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Another way to a bucket, with something before and after each call. */
final class DisturbedBucket implements ObjectBucket {
  private final ObjectBucket bucket;
  Disturbance before = (call, name) -> {};
  Disturbance after = (call, name) -> {};

  /** Whether a conditional write is sent once more, and only the second answer arrives. */
  boolean triesAgain;

  /** Whether such a conflict is said not to be certain. */
  boolean admitsIt = true;

  DisturbedBucket(ObjectBucket bucket) {
    this.bucket = bucket;
  }

  interface Disturbance {
    void happen(String call, String name) throws IOException;
  }

  private interface Call<T> {
    T send() throws IOException;
  }

  private <T> T disturbed(String what, String name, Call<T> call) throws IOException {
    before.happen(what, name);
    T result = call.send();
    after.happen(what, name);
    return result;
  }

  private Put put(String what, String name, Call<Put> call) throws IOException {
    Put first = disturbed(what, name, call);
    if (!triesAgain) {
      return first;
    }
    return call.send() instanceof Put.Done done ? done : new Put.Conflict(!admitsIt);
  }

  @Override
  public String label() {
    return bucket.label();
  }

  @Override
  public Optional<Content> get(String name, @Nullable Integer atMostBytes) throws IOException {
    return disturbed("get", name, () -> bucket.get(name, atMostBytes));
  }

  @Override
  public Put putIfAbsent(String name, byte[] content) throws IOException {
    return put("put", name, () -> bucket.putIfAbsent(name, content));
  }

  @Override
  public Put putIfUnchanged(String name, String tag, byte[] content) throws IOException {
    return put("put", name, () -> bucket.putIfUnchanged(name, tag, content));
  }

  @Override
  public void delete(String name) throws IOException {
    disturbed(
        "delete",
        name,
        () -> {
          bucket.delete(name);
          return "";
        });
  }

  @Override
  public Names list(String prefix, @Nullable String after, int atMost) throws IOException {
    return disturbed("list", prefix, () -> bucket.list(prefix, after, atMost));
  }
}
