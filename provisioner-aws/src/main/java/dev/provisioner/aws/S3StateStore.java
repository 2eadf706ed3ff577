package dev.provisioner.aws;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.ObjectStateStore;
import dev.provisioner.state.StateDocument;
import dev.provisioner.state.StateStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Keeps state documents in an Amazon S3 bucket, for engines on any number of machines. Needs
 * nothing beside the bucket: S3's conditional writes are its locks.
 *
 * <pre>{@code
 * StateStore store = S3StateStore.builder(s3, "shop-state").prefix("provisioner/").open();
 * }</pre>
 *
 * <p><strong>Costs</strong> in requests. A read is a GET. A write is a PUT; a PUT and a DELETE more
 * when the time at which somebody must look changes, which in a short run is at its beginning and
 * its end, and in a long one every two thirds of a lease. A run of 8 steps in a row is 10 PUTs, 1
 * DELETE and 1 GET; whoever awaits it costs 2 GETs a second, or one in 5 seconds where it is worked
 * on. Every look for due documents, which each engine takes once per sweep interval, is a LIST, and
 * a GET for each document that is due. {@link #list} is a LIST for each page or 1,000 documents and
 * a GET for each document. Up to 8 of these GETs are sent at once, so the client needs as many
 * connections. {@link ObjectStateStore} says more.
 *
 * <p><strong>Retries and time limits.</strong> The client's own are used; without a limit for a
 * call it may wait for longer than a lease lasts. An answer to a read that was cut, which the
 * client does not try again, is asked for once more. A write whose answer was lost, and which the
 * client tried again, is recognised by its id and not taken for somebody else's. Answer 409 (two
 * conditional writes at once) is tried again for about two seconds.
 *
 * <p><strong>Errors</strong> as for every store; messages name the missing permission or wrong
 * setting. Thread-safe. An interrupt does not end a write.
 */
public final class S3StateStore implements StateStore {
  private final ObjectStateStore objects;

  S3StateStore(ObjectStateStore objects) {
    this.objects = objects;
  }

  /**
   * Begins to describe a store.
   *
   * @param client the host's, for the bucket's region; not closed by the store. What it says of
   *     retries, time limits and credentials applies.
   * @param bucket an existing general purpose bucket; not a directory bucket, and not several
   *     buckets behind one name (a Multi-Region Access Point)
   */
  public static S3StateStoreBuilder builder(S3Client client, String bucket) {
    return new S3StateStoreBuilder(client, bucket);
  }

  @Override
  public Optional<Versioned> read(DocumentKey key) {
    return objects.read(key);
  }

  @Override
  public Optional<String> write(
      DocumentKey key, @Nullable String expected, @Nullable StateDocument document) {
    return objects.write(key, expected, document);
  }

  @Override
  public List<Listed> due(String installation, Instant until, int limit) {
    return objects.due(installation, until, limit);
  }

  @Override
  public Page list(Query query, @Nullable String cursor, int limit) {
    return objects.list(query, cursor, limit);
  }

  /** Refuses later calls, except this one. The client stays open. */
  @Override
  public void close() {
    objects.close();
  }
}
