using LastRef.Nt;

namespace LastRef;

/// <summary>Judges a driver of a stopped machine: the same diagnosis as the lab's, with memory alone and no history.</summary>
/// <remarks>Spec: U-8.1, U-8.2; dump-format, sections 8.3 and 17.</remarks>
public static class PostMortem
{
    /// <summary>The name under which reports show it, where the lab has a scenario's.</summary>
    public const string ScenarioName = "dump";

    /// <summary>Judges one driver.</summary>
    /// <param name="crash">Why the machine stopped; null for a machine that did not crash.</param>
    public static CheckResult Judge(MachineSurvey survey, SurveySubject subject, MachineCrash? crash = null)
    {
        ArgumentNullException.ThrowIfNull(survey);
        ArgumentNullException.ThrowIfNull(subject);
        var capture = survey.CaptureOf(subject);
        var traits = TraitsOf(capture);
        var isOurs = crash is not null && IsAbout(crash, survey, capture);
        var hang = isOurs ? HangKind.None : HangOf(capture);
        var context = new ScenarioContext
        {
            Name = ScenarioName,
            DriverImage = subject.ImageName,
            DriverObject = capture.DriverAddress,
            IsPnp = (traits & DriverTraits.HasAddDevice) != 0,
            Traits = traits,
            End = isOurs ? RunEnd.Crashed : hang != HangKind.None ? RunEnd.Hung : RunEnd.Completed,
            Hang = hang,
            HungThread = hang == HangKind.None ? default : HungThreadOf(capture),
            IsConcluded = false,
            Crash = isOurs ? crash : null,
        };
        var verdict = WithDoubts(Diagnostician.Judge(new DiagnosisInput(capture, null, context)), DoubtsOf(survey, subject, capture));
        var facts = new DriverFacts(subject.ImageName, "", "x64", KindOf(capture, traits), traits);
        return new CheckResult(facts, new Exercised(false, false, false, false, [], 0, 0), [new ScenarioResult(verdict, capture, new Trace(), 0, "")])
        {
            Crash = crash is null ? null : crash with { IsOfDriver = isOurs },
        };
    }

    /// <summary>What a small dump says of a driver whose image was loaded: nothing beyond that.</summary>
    public static CheckResult OfLoadedImage(string imageName, MachineCrash? crash = null) => OfImage(
        imageName, Verdict.Inconclusive, ImageState.Loaded,
        $"{imageName} is loaded, but a small dump holds no driver, device or file objects: take a kernel or live kernel dump.", crash);

    /// <summary>What a small dump says of a driver whose image had been unloaded.</summary>
    /// <param name="isNameCut">The dump holds only the beginning of the image's name, so another driver's can be meant.</param>
    public static CheckResult OfUnloadedImage(string imageName, bool isNameCut, MachineCrash? crash = null) => isNameCut
        ? OfImage(
            imageName, Verdict.Inconclusive, ImageState.Gone,
            $"an image whose name begins with {imageName} and is as long was unloaded; a small dump cuts such names to twelve characters.", crash)
        : OfImage(imageName, Verdict.Unloaded, ImageState.Gone, null, crash);

    /// <summary>A name that was not found in a dump whose lists of images could not be read to their ends: it may be there all the same.</summary>
    public static CheckResult OfNameNotFound(string name, MachineCrash? crash = null) => OfImage(
        name, Verdict.Inconclusive, ImageState.Gone,
        $"{name} was not found, but the list of loaded images could not be read to its end: whether such a driver is there is not known.", crash);

    private static CheckResult OfImage(string imageName, Verdict word, ImageState image, string? doubt, MachineCrash? crash)
    {
        var verdict = new ScenarioVerdict(
            ScenarioName, word, new Attempt(AttemptState.None, Attempter.None, null), image, [], doubt is null ? [] : [doubt]);
        var capture = new Capture { ImageName = imageName, IsInUnloadedHistory = image == ImageState.Gone };
        return new CheckResult(
            new DriverFacts(imageName, "", "x64", DriverKind.Unknown, DriverTraits.None), new Exercised(false, false, false, false, [], 0, 0),
            [new ScenarioResult(verdict, capture, new Trace(), 0, "")])
        {
            Crash = crash,
        };
    }

    /// <summary>
    /// A crash concerns a driver when one of its parameters lies in the image, now or where it was before, or is the driver object, a
    /// device of it, or a timer, DPC or registration with a routine in the image; or when it was raised on a thread with code of the
    /// image on its stack. So does one of a machine in which the driver's device list, or the stack of a device of its, leads to a device
    /// that is gone.
    /// </summary>
    private static bool IsAbout(MachineCrash crash, MachineSurvey survey, Capture capture)
    {
        var named = capture.Timers.Concat(capture.Dpcs).SelectMany(timer => new[] { timer.Address, timer.Dpc })
            .Concat(capture.Registrations.Where(root => capture.IsInImage(root.Routine)).Select(root => root.Address))
            .Concat(capture.DevicesOfDriver.Select(device => device.Address))
            .Append(capture.DriverAddress).Append(capture.Driver?.FirstDevice ?? default).ToHashSet();
        return crash.Parameters.Any(value => new VirtualAddress(value) is { IsNull: false } address
                && (capture.IsInImage(address) || capture.IsInEarlierImage(address) || named.Contains(address)))
            || capture.Stacks.Any(stack => survey.RunningThreads.Contains(stack.Thread))
            || capture.BrokenAttachments.Count > 0 || capture.Driver is { BrokenDevice.IsNull: false };
    }

    /// <summary>
    /// DriverUnload was entered and has not returned, or a removal or the callback of a notification stands still with code of the driver
    /// on a stack, or one of a device of the driver in another's callback: each may also be just at work.
    /// </summary>
    private static HangKind HangOf(Capture capture)
    {
        var isInUnload = capture.Driver is { IsBeforeReturn: true } driver && (driver.Flags & DriverObjectFlags.UnloadInvoked) != 0;
        var isInCallback = capture.Stacks.Any(stack => !stack.WaitObject.IsNull && IsInCallback(capture, stack));
        return isInUnload || isInCallback || capture.BlockedCallbacks.Count > 0 || capture.Stacks.Any(stack => IsInRemoval(capture, stack) || IsAtRemoveLock(capture, stack)) ? HangKind.LongWait : HangKind.None;
    }

    /// <summary>The thread that does not come back: inside DriverUnload, a removal or a callback, and it waits; null when none is known to.</summary>
    private static VirtualAddress HungThreadOf(Capture capture)
    {
        var waiting = capture.Stacks.Where(stack => capture.Waits.Any(wait => wait.Root.Thread == stack.Thread)).ToList();
        var found = waiting.Find(stack => capture.Driver is { DriverUnload: { IsNull: false } unload } && stack.Functions.Contains(unload))
            ?? waiting.Find(stack => IsAtRemoveLock(capture, stack))
            ?? waiting.Find(stack => IsInRemoval(capture, stack))
            ?? waiting.Find(stack => IsInCallback(capture, stack));
        return found?.Thread ?? capture.BlockedCallbacks.Select(blocked => blocked.Thread).FirstOrDefault();
    }

    private static bool IsInRemoval(Capture capture, CapturedStack stack) => capture.Irps.Any(irp =>
        irp is { Major: IrpMajor.Pnp } && (PnpMinor)irp.Minor is PnpMinor.QueryRemoveDevice or PnpMinor.RemoveDevice or PnpMinor.SurpriseRemoval
        && (stack.Requests.Contains(irp.Address) || (irp.Thread == stack.Thread && capture.DeviceAt(irp.Device)?.Driver == capture.DriverAddress)));

    /// <summary>A remove lock is waited for by a removal and by nothing else (U-5.91).</summary>
    private static bool IsAtRemoveLock(Capture capture, CapturedStack stack) =>
        stack.IsUnwound && capture.Waits.Any(wait => wait.Root.Thread == stack.Thread && wait.Root.Subject == WaitSubject.RemoveLock);

    internal static bool IsInCallback(Capture capture, CapturedStack stack) => capture.Registrations.Any(registration =>
        registration.Kind == RegistrationKind.PnpNotification && stack.Functions.Contains(registration.Routine));

    private static DriverTraits TraitsOf(Capture capture)
    {
        var traits = DriverTraits.None;
        if (capture.Driver is not { } driver)
            return traits;
        traits |= driver.DriverUnload.IsNull ? 0 : DriverTraits.HasUnload;
        traits |= driver.AddDevice.IsNull ? 0 : DriverTraits.HasAddDevice;
        foreach (var device in capture.DevicesOfDriver)
        {
            if (!device.DeviceNode.IsNull)
                traits |= DriverTraits.Bus;
            else if (device.AttachedTo.IsNull)
                traits |= DriverTraits.ControlDevice;
        }

        return traits;
    }

    private static DriverKind KindOf(Capture capture, DriverTraits traits)
    {
        if (capture.Driver is null)
            return DriverKind.Unknown;
        if ((traits & DriverTraits.HasAddDevice) == 0)
            return DriverKind.Legacy;
        return (traits & DriverTraits.ControlDevice) != 0 ? DriverKind.Hybrid
            : (traits & DriverTraits.Bus) != 0 ? DriverKind.Bus
            : DriverKind.Pnp;
    }

    /// <summary>What the dump does not show and a verdict would need.</summary>
    private static IEnumerable<string> DoubtsOf(MachineSurvey survey, SurveySubject subject, Capture capture)
    {
        if (survey.IsCancelled)
            yield return "The search was ended on request before all was seen.";
        if (subject.Module is not null && capture.Driver is null)
            yield return $"{subject.ImageName} is loaded, but no driver object of it was found: it is a library, or the dump does not hold the object.";
        if (capture.Driver is { Devices: { IsComplete: false } devices })
            yield return $"The driver's device list could not be walked to its end: {devices.Reservation}.";
        if (capture.Modules.Count == 0)
            yield return "The list of loaded images could not be read, so whether the image is in memory is not known.";
    }

    private static ScenarioVerdict WithDoubts(ScenarioVerdict verdict, IEnumerable<string> doubts)
    {
        var lines = doubts.ToList();
        if (lines.Count == 0)
            return verdict;
        var isSettled = verdict.Verdict is Verdict.Crashed or Verdict.LeftTooEarly || verdict.Findings.Any(finding => finding.Counts && finding.Reason != Reason.Unlisted);
        return verdict with
        {
            Verdict = isSettled ? verdict.Verdict : Verdict.Inconclusive,
            Findings = isSettled ? verdict.Findings : [.. verdict.Findings.Where(finding => finding.Reason != Reason.Unlisted)],
            Inconclusive = [.. verdict.Inconclusive, .. lines],
        };
    }
}
