package dev.provisioner.state;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Five operations of an object store, all that an {@link ObjectStateStore} needs. Implemented for
 * Amazon S3 by {@code provisioner-aws}; implement it for another service whose conditional writes
 * are atomic and whose reads and listings show every write that was answered.
 *
 * <p>Names consist of {@code a-z}, {@code 0-9}, {@code -}, {@code _}, {@code .} and {@code /}, and
 * have at most 400 characters; an implementation may put a prefix of its own before them.
 *
 * <p>Thread-safe. All methods may block and may be interrupted only in so far as the interrupt is
 * kept and the operation still done: an engine that is being shut down must be able to record where
 * it stands.
 *
 * <p><strong>Errors.</strong> {@link IOException} if it is not known whether the operation was
 * carried out, {@link RejectedException} if it certainly was not. The message names the object,
 * says why and what to do, in whole sentences.
 */
public interface ObjectBucket {
  /** Returns how messages name this bucket, such as {@code s3://shop-state/provisioner/}. */
  String label();

  /**
   * Reads an object.
   *
   * @param atMostBytes only so many bytes from its beginning, 1 or more; null for all
   * @return the object, or empty if there is none
   */
  Optional<Content> get(String name, @Nullable Integer atMostBytes) throws IOException;

  /** Writes an object if there is none of this name. */
  Put putIfAbsent(String name, byte[] content) throws IOException;

  /**
   * Writes an object over one that is unchanged.
   *
   * @param tag the tag that a read or a write of the unchanged object returned
   */
  Put putIfUnchanged(String name, String tag, byte[] content) throws IOException;

  /** Deletes an object, whatever its tag. Success if there is none. */
  void delete(String name) throws IOException;

  /**
   * Lists names in the order of their bytes.
   *
   * @param prefix what they begin with
   * @param after only names that come after this one; null for all
   * @param atMost at most this many, 1 to 1,000; there may be fewer although there are more
   */
  Names list(String prefix, @Nullable String after, int atMost) throws IOException;

  /** An object, or its beginning. Immutable by agreement: nobody changes the array. */
  final class Content {
    private final byte[] bytes;
    private final String tag;

    /**
     * Creates it.
     *
     * @param bytes not copied
     * @param tag changes whenever the object's bytes do
     */
    public Content(byte[] bytes, String tag) {
      this.bytes = bytes;
      this.tag = tag;
    }

    /** Returns the bytes; not to be changed. */
    public byte[] bytes() {
      return bytes;
    }

    /** Returns the tag of the object. */
    public String tag() {
      return tag;
    }
  }

  /**
   * Some names.
   *
   * @param more whether others may come after the last
   */
  record Names(List<String> names, boolean more) {
    /** Copies the names. */
    public Names {
      names = List.copyOf(names);
    }
  }

  /** How a conditional write ended. */
  sealed interface Put {
    /** It was written. */
    record Done(String tag) implements Put {}

    /**
     * The condition did not hold.
     *
     * @param nothingWritten whether this call certainly wrote nothing; false if a try whose answer
     *     was lost may have, and the condition have failed only when it was tried again
     */
    record Conflict(boolean nothingWritten) implements Put {}
  }

  /** The service refused; the operation was certainly not carried out. */
  final class RejectedException extends IOException {
    /** Creates the exception with what was refused, why, and what to do. */
    public RejectedException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
