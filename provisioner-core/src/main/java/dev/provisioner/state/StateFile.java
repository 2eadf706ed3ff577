package dev.provisioner.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.provisioner.tenant.TenantId;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The format of a state file: a first line of fixed length, a header of one line of JSON, and the
 * document's bytes.
 *
 * <pre>
 * provisioner-state 0001 00000139 9c03f1ab
 * {"revision":"…","installation":"shop-eu","plan":"onboarding","tenant":"acme",…}
 * </pre>
 *
 * <p>The first line holds the format's version, the header's length and the CRC-32C of both and the
 * header; the header holds the length and the CRC-32C of the bytes. So the header can be trusted
 * without reading the bytes, and nothing that was cut, torn or flipped is taken for a document.
 */
final class StateFile {
  /** The greatest number of bytes to read for nearly every header. */
  static final int USUAL_START = 4096;

  private static final int VERSION = 1;
  private static final int FIRST_LINE = 41;
  private static final int MAX_HEAD = 1 << 20;
  private static final Pattern LINE =
      Pattern.compile("provisioner-state ([0-9]{4}) ([0-9a-f]{8}) ([0-9a-f]{8})\n");
  private static final ObjectMapper JSON = new ObjectMapper();

  private StateFile() {}

  /** What a state file says before the document's bytes. */
  record Header(
      DocumentKey key,
      String revision,
      Summary summary,
      Trace trace,
      int headerLength,
      int length,
      String sum) {

    /** Returns the size of the whole file. */
    int fileLength() {
      return headerLength + length;
    }
  }

  /**
   * What a store without locks has to know of the writes that led here.
   *
   * @param before the revision that this one replaced; null if there was nothing
   * @param marker which marker of the due index is this document's; null if it is never due
   * @param deleted whether this stands for no document at all
   */
  record Trace(@Nullable String before, @Nullable String marker, boolean deleted) {
    static final Trace NONE = new Trace(null, null, false);
  }

  /** Returns everything that precedes the document's bytes in its file. */
  static byte[] head(DocumentKey key, String revision, StateDocument document, Trace trace) {
    Summary summary = document.summary();
    ObjectNode fields = JSON.createObjectNode();
    fields.put("revision", revision);
    fields.put("installation", key.installation());
    fields.put("plan", key.plan());
    fields.put("tenant", key.tenant().value());
    fields.put("lifecycle", summary.lifecycle().name());
    fields.put("run", summary.run().name());
    fields.put("planVersion", summary.planVersion());
    fields.put("dueAt", summary.dueAt() == null ? null : summary.dueAt().toString());
    fields.put("updatedAt", summary.updatedAt().toString());
    if (!trace.equals(Trace.NONE)) {
      fields.put("before", trace.before());
      fields.put("marker", trace.marker());
      fields.put("deleted", trace.deleted());
    }
    fields.put("length", document.content().length);
    fields.put("crc32c", crc(document.content()));
    byte[] line = (fields + "\n").getBytes(UTF_8);
    byte[] first = firstLine(line).getBytes(UTF_8);
    byte[] head = Arrays.copyOf(first, first.length + line.length);
    System.arraycopy(line, 0, head, first.length, line.length);
    return head;
  }

  /**
   * Returns how many bytes the first line and header have, as far as the first line can tell.
   *
   * @throws Damaged if it is no first line of ours
   */
  static int headLength(byte[] start) throws Damaged {
    String text = new String(start, 0, Math.min(start.length, FIRST_LINE), UTF_8);
    Matcher line = LINE.matcher(text);
    if (!line.matches()) {
      throw new Damaged("its first line is not that of a state file");
    }
    int version = Integer.parseInt(line.group(1));
    if (version != VERSION) {
      throw new Damaged(
          "it has format version "
              + version
              + " and this release reads version "
              + VERSION
              + "; use the release that wrote it, if one did");
    }
    long length = FIRST_LINE + Long.parseLong(line.group(2), 16);
    if (length > MAX_HEAD) {
      throw new Damaged("its header's length cannot be true");
    }
    return (int) length;
  }

  /** Reads the header from a file's first bytes, which may go on behind it. */
  static Header header(byte[] start) throws Damaged {
    int end = headLength(start);
    if (end > start.length) {
      throw new Damaged("it ends within its header");
    }
    byte[] line = Arrays.copyOfRange(start, FIRST_LINE, end);
    if (!firstLine(line).equals(new String(start, 0, FIRST_LINE, UTF_8))) {
      throw new Damaged("its header does not match its checksum");
    }
    try {
      JsonNode fields = JSON.readTree(line);
      String dueAt = fields.required("dueAt").textValue();
      return new Header(
          new DocumentKey(
              text(fields, "installation"),
              text(fields, "plan"),
              TenantId.of(text(fields, "tenant"))),
          text(fields, "revision"),
          new Summary(
              Summary.Lifecycle.valueOf(text(fields, "lifecycle")),
              Summary.RunStatus.valueOf(text(fields, "run")),
              fields.required("planVersion").longValue(),
              dueAt == null ? null : Instant.parse(dueAt),
              Instant.parse(text(fields, "updatedAt"))),
          new Trace(
              fields.path("before").textValue(),
              fields.path("marker").textValue(),
              fields.path("deleted").booleanValue()),
          end,
          fields.required("length").intValue(),
          text(fields, "crc32c"));
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      throw new Damaged("its header is whole, but this release does not understand it: " + e);
    }
  }

  /** Returns the document of a whole file. */
  static StateDocument document(Header header, byte[] file) throws Damaged {
    if (file.length > header.fileLength()) {
      throw new Damaged("it goes on behind its " + header.fileLength() + " bytes");
    }
    if (file.length < header.fileLength()) {
      throw new Damaged("it has " + file.length + " bytes and should have " + header.fileLength());
    }
    byte[] content = Arrays.copyOfRange(file, header.headerLength(), file.length);
    if (!crc(content).equals(header.sum())) {
      throw new Damaged("its bytes do not match their checksum");
    }
    return new StateDocument(content, header.summary());
  }

  private static String text(JsonNode fields, String name) {
    return fields.required(name).asText();
  }

  private static String firstLine(byte[] header) {
    String unsummed = String.format("provisioner-state %04d %08x ", VERSION, header.length);
    return unsummed + crc(unsummed.getBytes(UTF_8), header) + "\n";
  }

  private static String crc(byte[]... parts) {
    CRC32C crc = new CRC32C();
    for (byte[] part : parts) {
      crc.update(part);
    }
    return String.format("%08x", crc.getValue());
  }

  /** A file that cannot be a state file as we wrote it; the message continues "The file … ". */
  static final class Damaged extends IOException {
    Damaged(String what) {
      super(what);
    }
  }
}
