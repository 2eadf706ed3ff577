package dev.provisioner.samples.quickstart;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.provisioner.tenant.TenantId;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads tenants from a file, and says which one and which field is wrong. */
final class TenantsFile {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final Pattern REGION = Pattern.compile("[a-z]{2}(-[a-z]+)+-[0-9]{1,2}");
  private static final Set<String> FIELDS = Set.of("id", "region", "size");

  private final Path file;

  private TenantsFile(Path file) {
    this.file = file;
  }

  static List<Customer> read(Path file) {
    return new TenantsFile(file).customers();
  }

  private List<Customer> customers() {
    JsonNode all = parsed();
    if (!all.isArray() || all.isEmpty()) {
      throw bad(
          "is not a list of tenants, such as [{\"id\": \"acme\", \"region\": \"eu-west-1\","
              + " \"size\": \"small\"}].");
    }
    Map<TenantId, Customer> customers = new LinkedHashMap<>();
    for (JsonNode each : all) {
      Customer customer = customer(customers.size() + 1, each);
      Customer before = customers.put(customer.id(), customer);
      if (before != null) {
        throw bad(
            ": tenant "
                + customer.number()
                + ", field 'id': '"
                + customer.id()
                + "' is tenant "
                + before.number()
                + " already.");
      }
    }
    return new ArrayList<>(customers.values());
  }

  private JsonNode parsed() {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw bad(
          ": line "
              + (e.getLocation() == null ? "?" : e.getLocation().getLineNr())
              + " is no JSON: "
              + e.getOriginalMessage());
    } catch (MalformedInputException e) {
      throw bad("is not written in UTF-8.");
    } catch (IOException e) {
      throw bad(Files.exists(file) ? "cannot be read." : "does not exist.");
    }
  }

  private Customer customer(int number, JsonNode json) {
    if (!json.isObject()) {
      throw bad(": tenant " + number + " is no object with id, region and size.");
    }
    for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!FIELDS.contains(name)) {
        throw bad(
            ": tenant "
                + number
                + " has an unknown field '"
                + name
                + "'. There are id, region and size.");
      }
    }
    return new Customer(
        number, id(number, json), new Signup(region(number, json), size(number, json)));
  }

  private TenantId id(int number, JsonNode json) {
    try {
      return TenantId.of(text(number, json, "id"));
    } catch (IllegalArgumentException e) {
      throw bad(": tenant " + number + ", field 'id': " + e.getMessage());
    }
  }

  private String region(int number, JsonNode json) {
    String region = text(number, json, "region");
    if (!REGION.matcher(region).matches()) {
      throw bad(
          ": tenant "
              + number
              + ", field 'region': '"
              + region
              + "' is no region such as eu-west-1.");
    }
    return region;
  }

  private Size size(int number, JsonNode json) {
    String label = text(number, json, "size");
    return Arrays.stream(Size.values())
        .filter(size -> size.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                bad(
                    ": tenant "
                        + number
                        + ", field 'size': '"
                        + label
                        + "' is none of "
                        + Arrays.stream(Size.values())
                            .map(Size::label)
                            .collect(Collectors.joining(", "))
                        + "."));
  }

  private String text(int number, JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isTextual()) {
      throw bad(
          ": tenant "
              + number
              + ", field '"
              + field
              + "' is "
              + (value.isMissingNode() ? "missing." : "no text."));
    }
    return value.textValue();
  }

  private UsageException bad(String what) {
    return new UsageException(
        "The tenants file " + file + (what.startsWith(":") ? "" : " ") + what);
  }
}
