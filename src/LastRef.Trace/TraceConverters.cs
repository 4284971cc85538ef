using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LastRef;

/// <summary>Addresses, offsets and statuses as hexadecimal text.</summary>
internal static class TraceConverters
{
    private static ulong Hex(string? text) =>
        text is not null && text.StartsWith("0x", StringComparison.Ordinal)
        && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value : throw new JsonException($"'{text}' is no hexadecimal number.");

    private static string Text(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    internal sealed class Address : JsonConverter<VirtualAddress>
    {
        public override VirtualAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(Hex(reader.GetString()));

        public override void Write(Utf8JsonWriter writer, VirtualAddress value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value.Value));
    }

    internal sealed class Offset : JsonConverter<Rva>
    {
        public override Rva Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(checked((uint)Hex(reader.GetString())));

        public override void Write(Utf8JsonWriter writer, Rva value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value.Value));
    }

    internal sealed class Status : JsonConverter<NtStatus>
    {
        public override NtStatus Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            NtStatus.FromCode(checked((uint)Hex(reader.GetString())));

        public override void Write(Utf8JsonWriter writer, NtStatus value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value.Code));
    }
}
