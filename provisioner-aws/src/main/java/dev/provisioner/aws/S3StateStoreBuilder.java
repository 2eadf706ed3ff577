package dev.provisioner.aws;

import dev.provisioner.state.ObjectStateStore;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** Describes an {@link S3StateStore}. Not thread-safe. */
public final class S3StateStoreBuilder {
  private static final Pattern PREFIX = Pattern.compile("((?!\\.{1,2}/)[A-Za-z0-9!_.*'()-]+/)*");
  private static final int LONGEST_PREFIX = 500;
  private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");

  private final S3Client client;
  private final String bucket;
  private String prefix = "";
  private @Nullable ServerSideEncryption encryption;
  private @Nullable String kmsKey;
  private @Nullable String owner;

  S3StateStoreBuilder(S3Client client, String bucket) {
    this.client = Objects.requireNonNull(client, "client");
    this.bucket = Objects.requireNonNull(bucket, "bucket");
    if (bucket.endsWith("--x-s3")) {
      throw new IllegalArgumentException(
          "'"
              + bucket
              + "' is a directory bucket, which cannot list names in order. Use a general"
              + " purpose bucket.");
    }
  }

  /**
   * Puts all objects below a prefix, so that the bucket may hold other things too. By default there
   * is none.
   *
   * @param prefix at most 500 letters, digits and {@code !_.*'()-}, in parts that each end with
   *     {@code /}; no part is {@code .} or {@code ..}, which proxies and consoles take for a path
   */
  public S3StateStoreBuilder prefix(String prefix) {
    if (prefix.length() > LONGEST_PREFIX || !PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "A prefix has at most "
              + LONGEST_PREFIX
              + " letters, digits and !_.*'()- in parts that each end with '/' and are"
              + " not '.' or '..', such as 'provisioner/'; '"
              + prefix
              + "' has not.");
    }
    this.prefix = prefix;
    return this;
  }

  /**
   * Asks S3 to encrypt with keys of its own (SSE-S3), whatever the bucket's default is. By default
   * the bucket's default applies.
   */
  public S3StateStoreBuilder encryptWithS3Keys() {
    encryption = ServerSideEncryption.AES256;
    kmsKey = null;
    return this;
  }

  /**
   * Asks S3 to encrypt with a key in KMS (SSE-KMS), whatever the bucket's default is.
   *
   * @param keyId the key's id, ARN or alias
   */
  public S3StateStoreBuilder encryptWithKmsKey(String keyId) {
    encryption = ServerSideEncryption.AWS_KMS;
    kmsKey = Objects.requireNonNull(keyId, "keyId");
    return this;
  }

  /**
   * Refuses a bucket of this name that belongs to another account; S3 checks it at every request.
   * By default it is not checked.
   *
   * @param account 12 digits
   */
  public S3StateStoreBuilder bucketOwner(String account) {
    if (!ACCOUNT.matcher(account).matches()) {
      throw new IllegalArgumentException("An account has 12 digits; '" + account + "' has not.");
    }
    owner = account;
    return this;
  }

  /**
   * Opens the store, after it has tried in eleven requests whether the endpoint keeps the
   * conditions of conditional writes and whether all permissions are there. Leaves nothing behind,
   * but in a versioned bucket old versions of objects below {@code _probe/}.
   *
   * @throws dev.provisioner.error.StateStoreException if the bucket cannot be used; says why
   */
  public S3StateStore open() {
    return new S3StateStore(
        ObjectStateStore.open(new S3Bucket(client, bucket, prefix, encryption, kmsKey, owner)));
  }
}
