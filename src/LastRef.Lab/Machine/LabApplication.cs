namespace LastRef.Lab;

/// <summary>An application: a process that opens devices.</summary>
/// <param name="Name">File name of its image, such as <c>app.exe</c>.</param>
/// <param name="Process">Its EPROCESS.</param>
internal sealed record LabApplication(string Name, VirtualAddress Process)
{
    public List<LabHandle> Handles { get; } = [];
}
