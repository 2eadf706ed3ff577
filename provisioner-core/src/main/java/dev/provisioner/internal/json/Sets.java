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
import org.jspecify.annotations.Nullable;

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
    List<Entry> entries = new ArrayList<>();
    for (Object element : set) {
      entries.add(new Entry(order(element), element));
    }
    entries.sort(Comparator.comparing(Entry::order));
    out.writeStartArray();
    for (Entry entry : entries) {
      provider.defaultSerializeValue(entry.element(), out);
    }
    out.writeEndArray();
  }

  private record Entry(String order, @Nullable Object element) {
    @Override
    public String toString() {
      return "Entry";
    }
  }

  private String order(@Nullable Object element) throws IOException {
    try {
      JsonNode clear = Normal.form(Mapper.tree(mapper, element), Refusals.writing(Set.class));
      return new String(Canonical.bytes(clear), StandardCharsets.UTF_8);
    } catch (RefusedException e) {
      return ""; // It is refused again, with its field, when the whole value is brought to form.
    }
  }
}
