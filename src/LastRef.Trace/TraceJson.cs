using System.Text.Json.Serialization;

namespace LastRef;

/// <summary>The JSON form of trace records: addresses and statuses as the debugger writes them, enumerations by name.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    Converters = [typeof(TraceConverters.Address), typeof(TraceConverters.Offset), typeof(TraceConverters.Status)])]
[JsonSerializable(typeof(TraceRecord))]
[JsonSerializable(typeof(TraceHeader))]
[JsonSerializable(typeof(TraceEnd))]
internal sealed partial class TraceJson : JsonSerializerContext;
