using LastRef.Lab;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Every story of the model PnP drivers keeps the order of events that Windows keeps (spec 5.2 to 5.5).</summary>
public sealed class RemovalOrderTests
{
    public static TheoryData<string> Drivers =>
        ["model-pnp.sys", "model-filter.sys", "model-bus.sys", "model-hybrid-safe.sys", "model-hybrid-filter.sys", "model-sideband.sys", "r04-defect.sys", "r05-defect.sys"];

    [Theory]
    [MemberData(nameof(Drivers))]
    [Trait("Spec", "U-5.14")]
    [Trait("Spec", "U-5.31")]
    [Trait("Spec", "U-5.32")]
    [Trait("Spec", "U-3.50")]
    public void Requests_come_in_the_order_of_the_spec(string driver)
    {
        var removals = 0;
        foreach (var scenario in Checks.Run(driver).Scenarios)
            removals += Walk(scenario);
        Assert.True(removals > 10, $"{driver}: only {removals} removals were seen");
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public void Every_step_comes_back_unless_the_machine_stops(string driver)
    {
        foreach (var scenario in Checks.Run(driver).Scenarios.Where(s => s.Verdict.Verdict is not (Verdict.Crashed or Verdict.LeftTooEarly)))
        {
            var open = scenario.Trace.Of<StimulusRecord>().Where(s => s.Kind is not (StimulusKind.Note or StimulusKind.Conclude) && s.Status is null);
            Assert.Empty(open);
        }
    }

    /// <returns>How many REMOVE requests were seen.</returns>
    private static int Walk(ScenarioResult scenario)
    {
        var states = new Dictionary<VirtualAddress, State>();
        var opens = new Dictionary<VirtualAddress, long>();
        var removed = false;
        var removals = 0;
        foreach (var record in scenario.Trace.Records)
        {
            switch (record)
            {
                case ObjectRecord { Created: true, ObjectType: "Device" } made:
                    states.Remove(made.Object);
                    opens.Remove(made.Object);
                    break;
                case ReferenceRecord { Counter: ReferenceCounter.IoCount } count:
                    opens[count.Object] = count.New;
                    break;
                case IrpRecord { Step: IrpStep.Sent, Major: (byte)IrpMajor.Pnp } irp:
                    var before = states.GetValueOrDefault(irp.Device);
                    var after = Next(before, (PnpMinor)irp.Minor);
                    Assert.True(after is not null, $"{scenario.Verdict.Scenario}: {(PnpMinor)irp.Minor} to {irp.Device} in state {before}, record {irp.Sequence}");
                    states[irp.Device] = after.Value;
                    if ((PnpMinor)irp.Minor != PnpMinor.RemoveDevice)
                        break;
                    removals++;
                    removed = true;
                    Assert.True(
                        opens.GetValueOrDefault(irp.Device) == 0,
                        $"{scenario.Verdict.Scenario}: REMOVE to {irp.Device} while it has {opens.GetValueOrDefault(irp.Device)} opens, record {irp.Sequence}");
                    break;
                case UnloadRecord { Step: UnloadStep.Invoked, By: Attempter.Pnp } unload:
                    // U-3.50; a driver whose AddDevice failed has had no device, and gets its attempt too.
                    Assert.True(removed || scenario.Verdict.Scenario == "failed-add", $"{scenario.Verdict.Scenario}: unload before any REMOVE, record {unload.Sequence}");
                    break;
            }
        }

        return removals;
    }

    /// <summary>What a device may get in which state; null for what it must not.</summary>
    private static State? Next(State state, PnpMinor minor) => (state, minor) switch
    {
        (State.New or State.Removed or State.Stopped, PnpMinor.StartDevice) => State.Started,

        // A filter that was attached to a stack that works has seen no START.
        (State.New or State.Started or State.QueryRemoved, PnpMinor.QueryRemoveDevice) => State.QueryRemoved,
        (State.QueryRemoved, PnpMinor.CancelRemoveDevice) => State.Started,
        (State.New or State.Started, PnpMinor.QueryStopDevice) => State.QueryStopped,
        (State.QueryStopped, PnpMinor.StopDevice) => State.Stopped,
        (State.QueryStopped, PnpMinor.CancelStopDevice) => State.Started,
        (State.New or State.Started or State.Stopped, PnpMinor.SurpriseRemoval) => State.SurpriseRemoved,

        // A start that failed gets REMOVE alone (U-5.40); a PDO that has lost its stack gets another one (U-5.73).
        (State.New or State.Started or State.QueryRemoved or State.SurpriseRemoved or State.Removed, PnpMinor.RemoveDevice) => State.Removed,
        (State.Removed, PnpMinor.Eject) => State.Removed,
        (_, PnpMinor.StartDevice or PnpMinor.QueryRemoveDevice or PnpMinor.CancelRemoveDevice or PnpMinor.QueryStopDevice or PnpMinor.StopDevice
            or PnpMinor.CancelStopDevice or PnpMinor.SurpriseRemoval or PnpMinor.RemoveDevice or PnpMinor.Eject) => null,
        _ => state,
    };

    private enum State
    {
        New,
        Started,
        QueryRemoved,
        QueryStopped,
        Stopped,
        SurpriseRemoved,
        Removed,
    }
}
