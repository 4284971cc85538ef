using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Services: what a person asks of the service control manager and what it answers.</summary>
internal sealed partial class LabMachine
{
    /// <summary>What the service control manager answered last; null before the first question.</summary>
    public ServiceAnswer? ServiceAnswer { get; private set; }

    /// <summary>Starts a service, as <c>sc start</c> does.</summary>
    /// <returns>What the loader said; the answer of the service control manager as success or failure when it did not ask the loader.</returns>
    public NtStatus? StartService(LabService service) => Ask(StimulusKind.LoadDriver, "sc start", service, _ => Scm.Start(service.Name));

    /// <summary>Stops a service, as <c>sc stop</c> does; success means that the attempt was accepted (U-3.24).</summary>
    public NtStatus? StopService(LabService service) => Ask(StimulusKind.StopService, "sc stop", service, _ => Scm.Stop(service.Name));

    /// <summary>Looks at a service, as <c>sc query</c> does.</summary>
    public ServiceState? QueryService(LabService service)
    {
        Ask(StimulusKind.QueryService, "sc query", service, _ => GuestTask.FromResult(Scm.Query(service.Name)));
        return ServiceAnswer?.State;
    }

    /// <summary>Deletes a service, as <c>sc delete</c> does.</summary>
    public void DeleteService(LabService service) =>
        Ask(StimulusKind.DeleteService, "sc delete", service, _ => GuestTask.FromResult(Scm.Delete(service.Name)));

    /// <summary>Removes the service's key and nothing else, as careless set-up programs do before the stop (R-35).</summary>
    public void DeleteServiceKey(LabService service) =>
        Step(StimulusKind.DeleteServiceKey, service.Name, _ =>
        {
            if (Kernel.Cm.FindKey(service.KeyPath) is not { } key)
                return GuestTask.FromResult(NtStatus.ObjectNameNotFound);
            key.DeleteTree();
            return GuestTask.FromResult(NtStatus.Success);
        });

    /// <summary>Makes one more service for the image of another (R-48).</summary>
    public LabService AddServiceForSameImage(LabService first, string name)
    {
        var second = new LabService(name, IoManager.ServicesKey + "\\" + name, first.FileName);
        Step(StimulusKind.CreateService, name, _ =>
        {
            var key = Kernel.Cm.CreateKey(second.KeyPath);
            key.SetValue(RegistryValue.Expandable("ImagePath", @"\SystemRoot\System32\drivers\" + first.FileName));
            key.SetValue(RegistryValue.Dword("Type", 1));
            key.SetValue(RegistryValue.Dword("Start", 3));
            Scm.Create(name, second.KeyPath);
            return GuestTask.FromResult(NtStatus.Success);
        });
        return second;
    }

    /// <summary>The driver object of a service while it is in the namespace.</summary>
    /// <remarks>Where a driver has destroyed the namespace, looking it up stops the machine as it would stop Windows.</remarks>
    public DriverObject? DriverOf(LabService service)
    {
        try
        {
            return Kernel.Io.FindDriver(service.KeyPath);
        }
        catch (TargetReadException destroyed)
        {
            if (IsRunning)
            {
                Kernel.StopWith(Kernel.Ke.MemoryFault(
                    destroyed.Address, AccessKind.Read, Kernel.ReturnThunk.Value, "a look-up in the namespace", inKernel: true));
            }

            return null;
        }
        catch (MachineStopException endless)
        {
            if (IsRunning)
                Kernel.StopWith(endless);
            return null;
        }
    }

    private NtStatus? Ask(StimulusKind kind, string command, LabService service, Func<KernelThread, GuestTask<ServiceAnswer>> ask)
    {
        ServiceAnswer = null;
        var before = Kernel.Trace.Records.Count;
        var status = Step(kind, service.Name, async thread =>
        {
            var answer = await ask(thread);
            ServiceAnswer = answer;
            return answer.Status ?? (answer.Succeeded ? NtStatus.Success : NtStatus.Unsuccessful);
        });
        if (ServiceAnswer is not { } known || !IsRunning)
            return status;

        // A stop whose driver leaves while the machine settles reads STOPPED for whoever looks now (U-3.34).
        if (known.Succeeded && Scm.Find(service.Name) is { } record)
            ServiceAnswer = known with { State = Scm.StateOf(record) };
        if (Kernel.Trace.Records.Skip(before).OfType<StimulusRecord>().FirstOrDefault(r => r.Kind == kind) is { } stimulus)
            stimulus.Seen = ServiceAnswer.Describe(command);
        if (ServiceAnswer.Error is { } code && code != Win32Error.Success)
            Kernel.Trace.Add(Kernel.Stamp(new SeenRecord(SeenWhere.ServiceControl, code, Win32Error.NameOf(code) ?? "", Win32Error.Meaning(code))));
        return status;
    }
}
