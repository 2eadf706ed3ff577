package dev.provisioner.aws;

import dev.provisioner.state.ObjectBucket;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** A bucket in Amazon S3, or what lies below a prefix in it. */
final class S3Bucket implements ObjectBucket {
  private static final int NOT_SATISFIABLE = 416;

  private final S3Client client;
  private final String bucket;
  private final String prefix;
  private final @Nullable ServerSideEncryption encryption;
  private final @Nullable String kmsKey;
  private final @Nullable String owner;
  private final S3Failures failures;

  S3Bucket(
      S3Client client,
      String bucket,
      String prefix,
      @Nullable ServerSideEncryption encryption,
      @Nullable String kmsKey,
      @Nullable String owner) {
    this.client = client;
    this.bucket = bucket;
    this.prefix = prefix;
    this.encryption = encryption;
    this.kmsKey = kmsKey;
    this.owner = owner;
    this.failures = new S3Failures(bucket, prefix);
  }

  @Override
  public String label() {
    return "s3://" + bucket + "/" + prefix;
  }

  @Override
  public Optional<Content> get(String name, @Nullable Integer atMostBytes) throws IOException {
    String range = atMostBytes == null ? null : "bytes=0-" + (atMostBytes - 1);
    try {
      ResponseBytes<GetObjectResponse> got =
          whole(
              () ->
                  client.getObjectAsBytes(
                      get ->
                          get.bucket(bucket)
                              .key(prefix + name)
                              .range(range)
                              .expectedBucketOwner(owner)));
      return Optional.of(new Content(got.asByteArrayUnsafe(), got.response().eTag()));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_SATISFIABLE) {
        return Optional.of(new Content(new byte[0], "")); // it is empty
      }
      throw failures.of("read", name, "s3:GetObject", e);
    } catch (SdkException e) {
      throw failures.of("read", name, "s3:GetObject", e);
    }
  }

  @Override
  public Put putIfAbsent(String name, byte[] content) throws IOException {
    return put(name, content, put -> put.ifNoneMatch("*"));
  }

  @Override
  public Put putIfUnchanged(String name, String tag, byte[] content) throws IOException {
    return put(name, content, put -> put.ifMatch(tag));
  }

  private Put put(String name, byte[] content, Consumer<PutObjectRequest.Builder> condition)
      throws IOException {
    PutObjectRequest request =
        PutObjectRequest.builder()
            .bucket(bucket)
            .key(prefix + name)
            .expectedBucketOwner(owner)
            .serverSideEncryption(encryption)
            .ssekmsKeyId(kmsKey)
            .applyMutation(condition)
            .build();
    ConditionalPut put =
        new ConditionalPut(() -> client.putObject(request, RequestBody.fromBytes(content)).eTag());
    try {
      return put.run();
    } catch (SdkException e) {
      throw failures.of("write", name, "s3:PutObject", e, put.sentBefore());
    }
  }

  @Override
  public void delete(String name) throws IOException {
    try {
      Uninterrupted.call(
          () ->
              client.deleteObject(
                  delete -> delete.bucket(bucket).key(prefix + name).expectedBucketOwner(owner)));
    } catch (SdkException e) {
      throw failures.of("delete", name, "s3:DeleteObject", e);
    }
  }

  @Override
  public Names list(String below, @Nullable String after, int atMost) throws IOException {
    Supplier<ListObjectsV2Response> request =
        () ->
            client.listObjectsV2(
                list ->
                    list.bucket(bucket)
                        .prefix(prefix + below)
                        .startAfter(after == null ? null : prefix + after)
                        .maxKeys(atMost)
                        .expectedBucketOwner(owner));
    try {
      ListObjectsV2Response listed = whole(request);
      List<String> names =
          listed.contents().stream()
              .map(S3Object::key)
              .map(key -> key.substring(prefix.length()))
              .toList();
      return new Names(names, Boolean.TRUE.equals(listed.isTruncated()) && !names.isEmpty());
    } catch (SdkException e) {
      throw failures.of("list", below, "s3:ListBucket", e);
    }
  }

  /** Reads once more if the answer's XML was cut, as the client does only with what is no XML. */
  private static <T> T whole(Supplier<T> request) {
    try {
      return Uninterrupted.call(request);
    } catch (SdkException e) {
      boolean cut =
          e.getCause() instanceof XMLStreamException
              || (e instanceof S3Exception answer && S3Failures.code(answer).isEmpty());
      if (!cut) {
        throw e;
      }
      return Uninterrupted.call(request);
    }
  }
}
