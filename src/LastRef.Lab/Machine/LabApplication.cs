namespace LastRef.Lab;

/// <summary>An application or the process of a service: it opens devices.</summary>
/// <param name="Name">File name of its image, such as <c>app.exe</c>.</param>
/// <param name="Process">Its EPROCESS.</param>
internal sealed record LabApplication(string Name, VirtualAddress Process, ulong ProcessId)
{
    /// <summary>Where the lab's applications are, in the form in which event 225 names them (U-9.30).</summary>
    public string Path => @"\Device\HarddiskVolume1\LastRef\" + Name;

    /// <summary>Name of the service that the process is; null for an application.</summary>
    public string? Service { get; init; }

    public ClientBehaviour Behaviour { get; set; }

    public List<LabHandle> Handles { get; } = [];

    /// <summary>The process has ended: its handles are closed.</summary>
    public bool HasEnded { get; set; }

    public bool Equals(LabApplication? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Process.GetHashCode();
}
