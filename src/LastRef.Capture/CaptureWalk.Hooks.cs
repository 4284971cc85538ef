using LastRef.Nt;

namespace LastRef;

/// <summary>Dispatch tables of other drivers that point into the image.</summary>
internal sealed partial class CaptureWalk
{
    private const int MajorFunctions = 28;
    private const int FastIoBytes = 0xE0;

    private void WalkHooks()
    {
        foreach (var address in roots.DriverObjects.Where(d => d != roots.DriverObject).Take(roots.Limit))
        {
            Try("the driver object", address, () =>
            {
                WalkTables(new DriverObject(target, address));
                return this;
            });
        }
    }

    private void WalkTables(DriverObject driver)
    {
        // A driver object of the image itself (IoCreateDriver) is no hook: R-36.
        if (IsInImage(driver.DriverInit))
            return;
        var table = driver.MajorFunction;
        for (var major = 0; major < MajorFunctions; major++)
            AddHook(driver, $"MajorFunction[0x{major:x2}]", table.Address + (8 * major));
        AddHook(driver, "DriverUnload", FieldOf(driver, "DriverUnload"));
        AddHook(driver, "DriverStartIo", FieldOf(driver, "DriverStartIo"));
        if (driver.FastIoDispatch is { IsNull: false } fast)
        {
            for (var offset = 8; offset < FastIoBytes; offset += 8)
                AddHook(driver, $"FastIoDispatch+0x{offset:x2}", fast + offset);
        }
    }

    private VirtualAddress FieldOf(DriverObject driver, string field) =>
        target.Layout.TryGetField("_DRIVER_OBJECT", field, out var place) ? driver.Address + place.Offset : default;

    private void AddHook(DriverObject driver, string table, VirtualAddress slot)
    {
        if (slot.IsNull)
            return;
        var routine = target.ReadPointer(slot);
        if (IsInImage(routine))
            _hooks.Add(new CapturedHook(driver.Address, DriverNameOf(driver.Address) ?? "another driver", table, slot, routine));
    }
}
