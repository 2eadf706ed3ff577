package dev.provisioner.state;

import java.util.Arrays;
import java.util.Objects;

/**
 * Everything the engine knows of one tenant under one plan, as bytes a store keeps but does not
 * read, and the summary it is found by.
 *
 * <p>Immutable by agreement: nobody changes the array.
 */
public final class StateDocument {
  private final byte[] content;
  private final Summary summary;

  /** Creates a document; the array is not copied and must not be changed afterwards. */
  public StateDocument(byte[] content, Summary summary) {
    this.content = Objects.requireNonNull(content, "content");
    this.summary = Objects.requireNonNull(summary, "summary");
  }

  /** Returns the bytes; not to be changed. */
  public byte[] content() {
    return content;
  }

  /** Returns the fields it is found by. */
  public Summary summary() {
    return summary;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StateDocument that
        && Arrays.equals(content, that.content)
        && summary.equals(that.summary);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  /** Does not show the content. */
  @Override
  public String toString() {
    return "StateDocument[" + content.length + " bytes, " + summary + "]";
  }
}
