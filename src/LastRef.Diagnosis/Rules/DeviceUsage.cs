namespace LastRef;

/// <summary>Whether a device was in the path of a paging, hibernation or dump file.</summary>
internal static class DeviceUsage
{
    private const byte IrpMjPnp = 0x1B;
    private const byte IrpMnDeviceUsageNotification = 0x16;

    /// <summary>The last notification of usage before the refusal that a stack agreed to; null when none is in force.</summary>
    public static StimulusRecord? Of(Situation situation, Refusal refusal) => situation.Records<StimulusRecord>()
        .LastOrDefault(s => s.Kind is StimulusKind.DeviceUsage or StimulusKind.DeviceUsageEnd && s.Sequence < refusal.Veto.Sequence && s.Status is { IsSuccess: true })
        is { Kind: StimulusKind.DeviceUsage } inForce ? inForce : null;

    /// <summary>True when the device that refuses was told that it is in such a path, and agreed.</summary>
    public static bool IsInPath(Situation situation, Refusal refusal) =>
        Of(situation, refusal) is not null
        && situation.Records<IrpRecord>().Any(r => r is { Step: IrpStep.Completed, Major: IrpMjPnp, Minor: IrpMnDeviceUsageNotification, Status.IsSuccess: true }
            && r.Sequence < refusal.Veto.Sequence);
}
