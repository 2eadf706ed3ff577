package dev.provisioner.jdbc.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.kagkarlsson.scheduler.serializer.Serializer;
import org.jspecify.annotations.Nullable;

/** Keeps the scheduler's data, the id of a job, as plain text. */
final class TextSerializer implements Serializer {
  @Override
  public byte @Nullable [] serialize(@Nullable Object data) {
    return data == null ? null : data.toString().getBytes(UTF_8);
  }

  @Override
  public <T> @Nullable T deserialize(Class<T> type, byte @Nullable [] serialized) {
    return serialized == null || type != String.class
        ? null
        : type.cast(new String(serialized, UTF_8));
  }
}
