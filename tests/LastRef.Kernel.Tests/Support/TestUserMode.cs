using LastRef.Kernel;

namespace LastRef.Tests;

/// <summary>User mode as one listener that a test writes.</summary>
internal sealed class TestUserMode : IUserModePnp
{
    /// <summary>What it was told: query, failed, removed, arrival, removal.</summary>
    public List<string> Log { get; } = [];

    public Func<IReadOnlyList<PnpDevice>, GuestTask<UserVeto?>> OnQuery { get; set; } = _ => GuestTask.FromResult<UserVeto?>(null);

    public GuestTask<UserVeto?> QueryRemove(IReadOnlyList<PnpDevice> devices)
    {
        Log.Add("query");
        return OnQuery(devices);
    }

    public GuestTask QueryRemoveFailed()
    {
        Log.Add("failed");
        return GuestTask.CompletedTask;
    }

    public GuestTask Removed(IReadOnlyList<PnpDevice> devices, bool wasAsked)
    {
        Log.Add(wasAsked ? "removed" : "gone");
        return GuestTask.CompletedTask;
    }

    public GuestTask InterfaceChanged(Guid classGuid, string name, bool arrived)
    {
        Log.Add(arrived ? "arrival" : "removal");
        return GuestTask.CompletedTask;
    }

    public bool HasInstanceListeners => false;

    public GuestTask Custom(PnpDevice device, Guid what)
    {
        Log.Add("custom");
        return GuestTask.CompletedTask;
    }

    public GuestTask InstanceChanged(string instancePath, InstanceChange change) => GuestTask.CompletedTask;
}
