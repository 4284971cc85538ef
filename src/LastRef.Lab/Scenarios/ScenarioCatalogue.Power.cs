namespace LastRef.Lab;

/// <summary>Sleep, resume and rebalance: the device stays, or is gone when somebody looks again (U-5.42, U-5.45).</summary>
internal static partial class ScenarioCatalogue
{
    private static Scenario[] Power =>
    [
        new("sleep-resume", "the system sleeps and wakes, then the device is removed", IsPnp, SleepResume),
        new("lost-while-asleep", "the device is pulled out while the system sleeps", IsPnp, LostWhileAsleep),
        new("rebalance", "the device is stopped and restarted, then removed", IsPnp, Rebalance),
        new("failed-restart", "the device is stopped for a rebalance and does not start again", IsPnp, FailedRestart),
    ];

    private static void SleepResume(ScenarioRun run)
    {
        run.Begin();
        run.Machine.Sleep();
        run.Machine.Resume();
        run.RemoveDevices();
    }

    private static void LostWhileAsleep(ScenarioRun run)
    {
        run.Begin();
        run.Machine.Sleep();
        run.ForEachDevice(run.Machine.LoseWhileAsleep);
        run.Machine.Resume();
    }

    private static void Rebalance(ScenarioRun run)
    {
        run.Begin();
        run.ForEachDevice(device => run.Machine.Rebalance(device));
        run.RemoveDevices();
    }

    private static void FailedRestart(ScenarioRun run)
    {
        run.Begin();
        run.Machine.Kernel.Pnp.Bus.FailsStart = true;
        run.ForEachDevice(device => run.Machine.Rebalance(device));
        run.Machine.Kernel.Pnp.Bus.FailsStart = false;
    }
}
