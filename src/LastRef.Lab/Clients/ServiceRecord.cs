namespace LastRef.Lab;

/// <summary>A service as the service control manager's database has it.</summary>
/// <param name="keyPath">Full registry path of its key.</param>
internal sealed class ServiceRecord(string name, string keyPath)
{
    public string Name { get; } = name;

    public string KeyPath { get; } = keyPath;

    /// <summary>Services that must run before this one does.</summary>
    public List<string> DependsOn { get; } = [];

    /// <summary>A stop of the driver was accepted and its end has not been noticed yet (U-3.33).</summary>
    public bool StopAccepted { get; set; }

    public bool IsMarkedForDelete { get; set; }

    /// <summary>The process of a user-mode service that runs; null for a driver's service and for one that is stopped.</summary>
    public LabApplication? Process { get; set; }

    /// <summary>True for a service that is a process, not a driver.</summary>
    public bool IsProcess { get; init; }
}
