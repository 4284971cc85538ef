namespace LastRef;

/// <summary>A client was told of something, or asked.</summary>
/// <param name="Client">File name of its image.</param>
/// <param name="Message">What it gets, by its name in the headers: <c>DBT_DEVICEQUERYREMOVE</c>.</param>
/// <param name="Subject">Device instance path or interface name.</param>
public sealed record ClientNotificationRecord(string Client, ulong ProcessId, ClientEvent Event, string Message, string Subject) : TraceRecord
{
    public ClientAnswer Answer { get; set; }
}
