package dev.provisioner.internal.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.TypeFactory;
import dev.provisioner.error.RefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Records a set in an order that depends on its elements only. A {@code Set.of} iterates in another
 * order in each process, and an order is not part of what a set is.
 */
final class Sets extends StdSerializer<Set<?>> {
  private static final long serialVersionUID = 1L;

  private final transient ObjectMapper mapper;

  Sets(ObjectMapper mapper) {
    super(TypeFactory.defaultInstance().constructType(Set.class));
    this.mapper = mapper;
  }

  @Override
  public boolean isEmpty(SerializerProvider provider, Set<?> value) {
    return value.isEmpty();
  }

  @Override
  public void serialize(Set<?> set, JsonGenerator out, SerializerProvider provider)
      throws IOException {
    out.writeStartArray();
    int depth = out instanceof Shallow shallow ? shallow.depth() : 0;
    List<Entry> entries = new ArrayList<>();
    for (Object element : set) {
      // Written from this tree, not again from the element: a set of sets of sets would double the
      // work at each level.
      JsonNode tree = Mapper.tree(mapper, element, depth);
      entries.add(new Entry(order(tree), tree));
    }
    entries.sort(Comparator.comparing(Entry::order));
    for (Entry entry : entries) {
      provider.defaultSerializeValue(entry.element(), out);
    }
    out.writeEndArray();
  }

  private record Entry(String order, JsonNode element) {
    @Override
    public String toString() {
      return "Entry";
    }
  }

  private static String order(JsonNode element) {
    try {
      JsonNode clear = Normal.form(element, Refusals.writing(Set.class));
      return new String(Canonical.bytes(clear), StandardCharsets.UTF_8);
    } catch (RefusedException e) {
      return ""; // It is refused again, with its field, when the whole value is brought to form.
    }
  }
}
