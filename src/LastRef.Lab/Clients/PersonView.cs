using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>What a person in front of the machine would see after a step: Device Manager, the event log, the set-up log (spec 5.6, 5.7, 9.4).</summary>
internal sealed class PersonView(NtKernel kernel, IReadOnlyList<LabApplication> applications)
{
    /// <summary>CR_REMOVE_VETOED (cfgmgr32.h, U-5.50).</summary>
    private const int RemoveVetoed = 0x17;

    /// <summary>Kernel-PnP's event of a removal that a process stopped (U-9.30).</summary>
    private const int RemovalStopped = 225;

    private readonly Dictionary<string, DeviceProblem> _problems = new(StringComparer.OrdinalIgnoreCase);
    private int _told;

    /// <summary>Adds to the trace what the step showed.</summary>
    public void After(StimulusRecord step)
    {
        var from = _told;
        _told = kernel.Trace.Records.Count;
        foreach (var late in kernel.Trace.Records.Skip(from).OfType<ClientNotificationRecord>().Where(r => r.Answer == ClientAnswer.TimedOut).ToArray())
        {
            const int code = Win32Error.QueryRemoveDeviceTimeout;
            Add(SeenWhere.RemovalCall, code, Win32Error.NameOf(code)!, $"{late.Client}: {Win32Error.Meaning(code)}");
        }

        foreach (var veto in kernel.Trace.Records.Skip(from).OfType<VetoRecord>().ToArray())
            Show(veto);
        if (IsOnDevice(step.Kind))
            ShowProblem(step.Subject);
    }

    private static bool IsOnDevice(StimulusKind kind) => kind is StimulusKind.AddDevice or StimulusKind.StartDevice or StimulusKind.RemoveDevice
        or StimulusKind.SurpriseRemoval or StimulusKind.DisableDevice or StimulusKind.EnableDevice or StimulusKind.EjectDevice
        or StimulusKind.UninstallDevice or StimulusKind.UpdateDriver or StimulusKind.RebalanceDevice or StimulusKind.DeviceState;

    private void Show(VetoRecord veto)
    {
        var type = VetoTypes.NameOf(veto.VetoType);
        var named = veto.Name.Length == 0 ? "" : $", named {veto.Name}";
        Add(SeenWhere.RemovalCall, RemoveVetoed, "CR_REMOVE_VETOED", $"{type}{named}: {VetoTypes.Meaning(veto.VetoType)}");

        // The event names processes: those whose handles are open, or the application that refused.
        foreach (var holder in veto.Holders.DistinctBy(h => h.ProcessId))
            Add(SeenWhere.SystemLog, RemovalStopped, "Kernel-PnP", $"{PathOf(holder)}, process id {holder.ProcessId}, stopped the removal of {InstanceOf(veto)}");
        Add(SeenWhere.SetupLog, veto.VetoType, type, $"the query to remove {InstanceOf(veto)} was vetoed{(veto.Name.Length == 0 ? "" : $" by {veto.Name}")}");
    }

    /// <summary>The path of a process's image; EPROCESS has only the start of its file name.</summary>
    private string PathOf(VetoHolder holder) => applications.FirstOrDefault(a => a.ProcessId == holder.ProcessId)?.Path ?? holder.ProcessName;

    private string InstanceOf(VetoRecord veto) => kernel.Pnp.DeviceOfPdo(veto.Device)?.Identity.InstancePath ?? veto.Name;

    /// <summary>Device Manager's code of a device, when it is another than before; an enumeration of devices that are gone shows none.</summary>
    private void ShowProblem(string instancePath)
    {
        var problem = kernel.Pnp.ShownProblem(instancePath) ?? DeviceProblem.None;
        if (problem == _problems.GetValueOrDefault(instancePath))
            return;
        _problems[instancePath] = problem;
        if (problem != DeviceProblem.None)
            Add(SeenWhere.DeviceManager, (int)problem, ProblemCodes.NameOf(problem), $"{instancePath}: {DeviceManagerText.SentenceOf(problem)}");
    }

    private void Add(SeenWhere where, int code, string name, string text) =>
        kernel.Trace.Add(kernel.Stamp(new SeenRecord(where, code, name, text)));
}
