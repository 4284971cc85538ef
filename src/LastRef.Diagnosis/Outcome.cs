using LastRef.Nt;

namespace LastRef;

/// <summary>From the facts to the states that a report names: the attempt, the image, the verdict.</summary>
internal static class Outcome
{
    /// <summary>How far the attempt on this driver object came. Spec: U-8.1, U-8.2.</summary>
    public static Attempt AttemptOf(Situation situation)
    {
        if (situation.Trace is null)
            return AttemptFromMemory(situation.Driver, situation.Capture);
        var steps = situation.Records<UnloadRecord>()
            .Where(r => r.Sequence >= situation.InstanceStart && (situation.IsDriver(r.Driver) || (r.Driver.IsNull && r.Step == UnloadStep.Refused)))
            .ToList();
        var invoked = steps.LastOrDefault(r => r.Step == UnloadStep.Invoked);
        if (invoked is not null)
        {
            var returned = steps.Exists(r => r.Step == UnloadStep.Returned);
            return new Attempt(returned ? AttemptState.Returned : AttemptState.Running, invoked.By, invoked.Status);
        }

        return steps.LastOrDefault(r => r.Step is UnloadStep.Deferred) is { } deferred
            ? new Attempt(AttemptState.Deferred, deferred.By, deferred.Status)
            : steps.LastOrDefault(r => r.Step == UnloadStep.Refused) is { } refused
                ? new Attempt(AttemptState.Refused, refused.By, refused.Status)
                : new Attempt(AttemptState.None, Attempter.None, null);
    }

    /// <summary>What became of the image.</summary>
    /// <remarks>A driver may have destroyed the list of modules: an image that was never unmapped is not gone because the list lacks it.</remarks>
    public static ImageState ImageOf(Situation situation) =>
        situation.Capture.Module is null && !IsMapped(situation) ? ImageState.Gone
        : situation.Attempt.State == AttemptState.Returned || situation.EntryFailed ? ImageState.Pinned
        : ImageState.Loaded;

    private static bool IsMapped(Situation situation) =>
        situation.Crash is not null && situation.Records<ImageRecord>().LastOrDefault(r => situation.IsOurImage(r.FileName)) is { Mapped: true };

    /// <summary>The verdict, once the findings are known.</summary>
    public static Verdict VerdictOf(Situation situation, IReadOnlyList<Finding> findings)
    {
        var context = situation.Context;
        switch (context.End)
        {
            case RunEnd.Crashed:
                return CrashedInsideUnloadedImage(situation) ? Verdict.LeftTooEarly : Verdict.Crashed;
            case RunEnd.Hung:
                return Verdict.Hung;
            case RunEnd.Unsupported or RunEnd.BudgetExhausted:
                return Verdict.Inconclusive;
        }

        if (situation.Image == ImageState.Gone)
        {
            if (findings.Any(f => f.Phase == Phase.C && f.Blame.Party == Party.Driver && f.Counts))
                return Verdict.LeftTooEarly;
            return context.NotExercised is not null ? Verdict.Inconclusive : Verdict.Unloaded;
        }

        if (situation.Image == ImageState.Pinned)
            return Verdict.Resident;
        // Nobody was asked to unload what never came to work.
        if (context.NotExercised is not null && situation.Attempt.State is AttemptState.None && findings.All(f => !f.Counts))
            return Verdict.Inconclusive;
        return situation.Attempt.State switch
        {
            AttemptState.Running => Verdict.Hung,
            AttemptState.Deferred => Verdict.Deferred,
            _ => Verdict.NotAttempted,
        };
    }

    private static Attempt AttemptFromMemory(CapturedDriver? driver, Capture capture)
    {
        var invoked = driver is not null && (driver.Flags & DriverObjectFlags.UnloadInvoked) != 0;
        var state = invoked ? driver!.IsBeforeReturn ? AttemptState.Running : AttemptState.Returned
            : capture.DevicesOfDriver.Any(device => device.IsUnloadPending) ? AttemptState.Deferred
            : AttemptState.None;
        return new Attempt(state, Attempter.None, null);
    }

    /// <summary>The machine stopped because code of the image was to run after it had gone (bug check 0xCE, or a fault in its range).</summary>
    /// <remarks>Spec: 8.3, U-6.93.</remarks>
    public static bool CrashedInsideUnloadedImage(Situation situation)
    {
        if (situation.Image != ImageState.Gone || situation.Crash is not { } crash)
            return false;
        const uint DriverUnloadedWithoutCancellingPendingOperations = 0xCE;
        return crash.Code == DriverUnloadedWithoutCancellingPendingOperations
            || crash.Parameters.Any(value => situation.Capture.IsInImage(new VirtualAddress(value)));
    }
}
