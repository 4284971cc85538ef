using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>Tells a capture where to start in the lab's machine.</summary>
internal static class CaptureRootsBuilder
{
    public static CaptureRoots Build(LabMachine machine, ScenarioRun run, VirtualAddress driver)
    {
        var kernel = machine.Kernel;
        var live = LiveRegistrations(kernel.Trace);
        return new CaptureRoots
        {
            DriverObject = driver,
            DriverObjectExists = kernel.Ob.IsAlive(driver, ObjectKind.Driver),
            DriverName = @"\Driver\" + run.Service.Name,
            ImageName = machine.DriverFile,
            ImageBase = machine.DriverRange.Base,
            ImageBytes = machine.DriverRange.ByteCount,
            LoadedModuleList = kernel.Images.ModuleListHead,
            UnloadedDrivers = kernel.Images.UnloadedHistory,
            UnloadedDriverCount = kernel.Images.UnloadedHistoryCount,
            Processes = [.. kernel.Ps.Processes],
            RootDeviceNode = kernel.Pnp.Root.Node,
            DeviceObjects = [.. kernel.Ob.AllOf(ObjectKind.Device)],
            FileObjects = [.. kernel.Ob.AllOf(ObjectKind.File)],
            DriverObjects = [.. kernel.Ob.AllOf(ObjectKind.Driver)],
            Irps = [.. kernel.Ex.NonPagedPool.Blocks.Where(b => b.Tag == PoolTags.Irp).Select(b => b.Address).Order()],
            IoWorkItems = [.. live.Where(r => r.Kind == RegistrationKind.WorkItem).Select(r => r.Address)],
            ExWorkItems = [.. live.Where(r => r.Kind == RegistrationKind.ExWorkItem).Select(r => r.Address)],
            Timers = [.. kernel.Ke.ArmedTimers],
            Dpcs = [.. kernel.Ke.QueuedDpcs],
            Threads = [.. kernel.Scheduler.Threads.Where(t => !t.StartAddress.IsNull).Select(t => t.Address)],
            ReturnAddresses = [.. kernel.Scheduler.Threads.SelectMany(t => kernel.Images.DriverStack(t).Select(site => new ReturnAddressRoot(t.Address, site.Address)))],
            Waits = [.. kernel.Ke.Waits.Select(w => new WaitRoot(
                w.Thread.Address, w.Thread.Purpose, w.Objects, w.WaitAll, w.DueTime100ns, w.Since100ns, w.Subject, w.SubjectAddress))],
            Registrations = [.. live],
            PoolOfDriver = [.. kernel.Ex.NonPagedPool.Blocks.Concat(kernel.Ex.PagedPool.Blocks)
                .Where(b => string.Equals(b.Site?.Module, machine.DriverFile, StringComparison.OrdinalIgnoreCase))
                .OrderBy(b => b.Address).Select(b => new PoolRoot(b.Address, b.ByteCount, b.Tag))],
        };
    }

    /// <summary>Registrations that began and have not ended.</summary>
    private static List<RegistrationRoot> LiveRegistrations(Trace trace)
    {
        var live = new Dictionary<(RegistrationKind, VirtualAddress), RegistrationRoot>();
        foreach (var record in trace.Of<RegistrationRecord>())
        {
            if (record.Begin)
                live[(record.Kind, record.Address)] = new RegistrationRoot(record.Kind, record.Address, record.Routine, record.Subject);
            else
                live.Remove((record.Kind, record.Address));
        }

        return [.. live.Values.OrderBy(r => r.Kind).ThenBy(r => r.Address)];
    }
}
