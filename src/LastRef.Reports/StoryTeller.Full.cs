namespace LastRef.Reports;

/// <summary>The records that only a full story tells.</summary>
public sealed partial class StoryTeller
{
    private string Long(TraceRecord record) => record switch
    {
        ReferenceRecord r => $"{r.ObjectType} {NameOf(r.Object)}: {r.Counter} {r.Old} -> {r.New} ({r.Cause}{Holder(r.Holder)}{Pairing(r)}){At(r)}",
        RegistrationRecord r => $"{r.Kind} {(r.Begin ? "begins" : "ends")} {r.Address}{Routine(r.Routine)}{At(r)}",
        RoutineRecord r => $"{r.Routine}({string.Join(", ", r.Arguments.Select(a => $"{a.Key} = {ReportNames.Hex(a.Value)}"))}){Result(r.Result)}{At(r)}",
        DriverCallRecord { Result: null } c => $"call {c.Kind} at {siteOf(c.Target)}",
        DriverCallRecord c => $"{c.Kind} at {siteOf(c.Target)} returned {ReportNames.Hex(c.Result ?? 0)}",
        ObjectRecord o => $"{o.ObjectType} {(o.Created ? $"{o.Object} made" : $"{NameOf(o.Object)} freed")}{At(o)}",
        NameRecord n => $"{n.ObjectType} {n.Object} is named {n.Path}{At(n)}",
        PoolRecord p => $"pool {p.Address} {(p.Allocated ? $"allocated, {p.ByteCount} bytes" : "freed")}{At(p)}",
        IrpRecord i => $"IRP {i.Irp} {ReportNames.Camel(i.Step)}, major 0x{i.Major:x2} minor 0x{i.Minor:x2}, device {NameOf(i.Device)}, {i.Status}{At(i)}",
        ImageRecord i => $"image {i.FileName} {(i.Mapped ? "mapped" : "unmapped")} at {i.Base}",
        DebugPrintRecord d => $"the driver prints: {d.Text.TrimEnd()}",
        _ => record.GetType().Name,
    };

    private string Holder(VirtualAddress holder) => holder.IsNull ? "" : $" by {NameOf(holder)}";

    /// <summary>A release by pointer names no holder: which taking it ends follows from ownership, and can be a matter of choice.</summary>
    private static string Pairing(ReferenceRecord record) =>
        record is { Cause: ReferenceCause.ExplicitReference, Holder.IsNull: true } && record.New < record.Old ? ", by pointer: which taking it ends is inferred" : "";

    private static string Routine(VirtualAddress routine) => routine.IsNull ? "" : $", routine {routine}";

    private static string Result(ulong? result) => result is { } value ? $" = {ReportNames.Hex(value)}" : "";
}
