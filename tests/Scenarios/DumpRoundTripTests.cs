using LastRef.Dumps;
using LastRef.Lab;
using LastRef.Symbols;

namespace LastRef.Tests;

/// <summary>
/// The main proof of the post-mortem: every committed driver is run in the lab, its machine is saved as a dump at the end, and the
/// dump, read as any other, says of the driver what the lab said, up to certainty and to what Data/dump-unseen.tsv lists.
/// </summary>
public sealed class DumpRoundTripTests
{
    private static readonly NtBuild[] s_builds = [NtBuild.Windows7Sp1, NtBuild.Windows10_1809, NtBuild.Windows10_2004, NtBuild.Windows11_21H2];

    /// <summary>What a dump cannot show: a reason, what it says instead, and why. A line that no driver needs any more must go.</summary>
    private static readonly IReadOnlyDictionary<string, string[]> s_unseen =
        File.ReadAllLines(Path.Combine(Repository.Root, "tests", "Scenarios", "Data", "dump-unseen.tsv"))
            .Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('\t')).ToDictionary(c => c[0], StringComparer.Ordinal);

    public static TheoryData<string, string, string> Rows()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var (file, with, scenario) in ExpectedRow.Read().Select(r => (r.File, r.With, r.Scenario)).Distinct())
            rows.Add(file, with, scenario);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_dump_of_the_lab_says_what_the_lab_says(string file, string with, string scenario)
    {
        var decides = scenario != "-" ? scenario : Deciding(Checks.Run(file, with == "-" ? null : with));
        var problems = new List<string>();
        var (used, needed) = (new HashSet<string>(), new HashSet<string>());
        foreach (var build in s_builds)
        {
            var (lab, dump, seen) = RoundTrip(file, with, decides, build);
            problems.AddRange(Differences(file, lab, dump, seen, used, needed).Select(d => $"{(int)build} {decides}: {d}"));
        }

        // An exception that a driver no longer needs goes, or is narrowed to those that do.
        problems.AddRange(used.Except(needed).Select(key => $"'{key}' is listed in dump-unseen.tsv, and this driver needs no exception: its dump says what the lab says"));
        Assert.True(problems.Count == 0, $"{file} {with}:\n  {string.Join("\n  ", problems)}");
    }

    [Fact]
    public void Every_line_of_what_a_dump_cannot_show_is_of_a_reason_in_the_table()
    {
        var known = ExpectedRow.Read().Select(row => row.Reason).ToHashSet(StringComparer.Ordinal);
        Assert.All(s_unseen.Keys, key => Assert.Contains(key.Split(' ')[0], known));
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "dumps.md"));
        Assert.All(s_unseen.Keys, key => Assert.Contains($"| {key.Split(' ')[0]} |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void A_completion_routine_in_an_image_that_left_is_seen_when_all_pool_is_looked_through()
    {
        var (lab, dump, _) = RoundTrip("r44-defect.sys", "-", Deciding(Checks.Run("r44-defect.sys")), NtBuild.Windows10_2004, new SurveyOptions { AlwaysScan = true });
        Assert.Equal(Verdict.LeftTooEarly, lab.Verdict.Verdict);
        Assert.Equal(Verdict.LeftTooEarly, dump?.Verdict);
        Assert.Equal(Reason.InterruptOrCompletionOutstanding, dump!.Scenarios[0].Verdict.Findings[0].Reason);
    }

    /// <summary>R-11, R-12, R-18, R-29, R-32 and R-34 by another's or the driver's own call: what the kernel recorded names reason, party and place.</summary>
    [Theory]
    [InlineData("model-legacy.sys", "r11-defect.sys")]
    [InlineData("model-legacy.sys", "r12-defect.sys")]
    [InlineData("r18-defect.sys", "-")]
    [InlineData("r29-defect.sys", "-")]
    [InlineData("r32-defect.sys", "-")]
    [InlineData("r32-driver-defect.sys", "-")]
    [InlineData("model-legacy.sys", "r34-defect.sys")]
    public void With_tracing_of_object_references_on_a_dump_names_the_call_that_took_the_reference(string file, string with)
    {
        var decides = Deciding(Checks.Run(file, with == "-" ? null : with));
        foreach (var build in s_builds)
        {
            var (lab, dump, survey) = RoundTrip(file, with, decides, build, isTraced: true);
            Assert.True(survey.IsTracingReferences);
            var expected = lab.Verdict.Findings.First(f => f.Counts);
            var found = dump!.Scenarios[0].Verdict.Findings.FirstOrDefault(f => f.Counts && f.Reason == expected.Reason);
            Assert.True(found is not null, $"{(int)build}: lab {Names(lab.Verdict.Findings)}, dump {Names(dump.Scenarios[0].Verdict.Findings)}; {string.Join("; ", survey.Gaps.Take(4))}");
            Assert.Equal(expected.Blame, found.Blame);
            Assert.Equal(expected.Site, found.Site);
            Assert.Equal(Certainty.Likely, found.Certainty);
        }
    }

    /// <summary>The PDB that is built with the driver describes the extension; the lock is of the checked form.</summary>
    [Fact]
    public void The_drivers_own_symbols_name_the_remove_lock_and_who_has_acquired_it()
    {
        const string driver = "r22-typed-defect.sys";
        var types = new SymbolSearch(new SymbolStore(SymbolPath.Parse([Path.GetDirectoryName(Repository.Driver(driver))!]), new PhysicalFiles(), null));
        var decides = Deciding(Checks.Run(driver));
        foreach (var build in s_builds)
        {
            var (lab, dump, survey) = RoundTrip(driver, "-", decides, build, symbols: types);
            var held = lab.Verdict.Findings.Single(f => f.Counts);
            var result = dump!.Scenarios[0];
            var found = Assert.Single(result.Capture.RemoveLocks);
            Assert.Equal("POLLING_EXTENSION.Fdo.RemoveLock", found.Field);
            Assert.Equal((true, 1), (found.IsRemoved, found.Acquisitions));
            var tag = Assert.Single(found.Tags);
            Assert.EndsWith("r22.c", tag.File, StringComparison.Ordinal);
            Assert.Equal(Checks.Locate(held.Site!.Value)!.Line, (int)tag.Line);
            var finding = Assert.Single(result.Verdict.Findings, f => f.Counts);
            Assert.Equal(Reason.RemoveLockLeaked, finding.Reason);
            Assert.Equal(held.Holders.Select(h => h.Address), finding.Holders.Select(h => h.Address));
            Assert.Equal(tag.Tag, finding.Holders[0].Address);
            Assert.Empty(survey.Gaps);
        }
    }

    /// <summary>The scenario that decides the verdict: the first of the worst verdict, with a finding where one has it.</summary>
    private static string Deciding(CheckResult result) => result.Scenarios
        .Where(s => s.Verdict.Verdict == result.Verdict).OrderBy(s => s.Verdict.Findings.Any(f => f.Counts) ? 0 : 1).First().Verdict.Scenario;

    private static (ScenarioResult Lab, CheckResult? Dump, MachineSurvey Survey) RoundTrip(
        string file, string with, string scenario, NtBuild build, SurveyOptions? options = null, bool isTraced = false, SymbolSearch? symbols = null)
    {
        ScenarioResult? ended = null;
        using var saved = new MemoryStream();
        var request = new CheckRequest
        {
            Driver = Checks.Input(file),
            With = with == "-" ? [] : [Checks.Input(with)],
            Scenarios = [scenario],
            Build = build,
            Concluded = (result, machine) =>
            {
                ended = result;
                DumpWriter.Write(machine(), saved);
            },
        };
        new LabChecker().Check(request, new Silent());
        Assert.NotNull(ended);
        using var dump = DumpFile.Open(new Bytes(saved.ToArray()), "lab.dmp", new DumpOptions { Symbols = symbols });
        options ??= new SurveyOptions { TypesOf = module => dump.TypesOf(module.Base, module.Name) };
        var survey = new MachineSurvey(isTraced ? new TracedMemory(new Memory(dump), ended.Trace) : new Memory(dump), options);
        var crash = dump.Header is { IsLive: false, BugCheckCode: > 0 } header
            ? new MachineCrash(header.BugCheckCode, [.. Enumerable.Range(0, 4).Select(header.BugCheckParameter)])
            : null;
        return (ended, survey.Find(file) is { } subject ? PostMortem.Judge(survey, subject, crash) : null, survey);
    }

    private static IEnumerable<string> Differences(
        string file, ScenarioResult lab, CheckResult? dump, MachineSurvey survey, HashSet<string> used, HashSet<string> needed)
    {
        if (dump is null)
        {
            yield return $"the dump has no such driver; gaps: {string.Join("; ", survey.Gaps.Take(5))}";
            yield break;
        }

        var saw = dump.Scenarios[0].Verdict;
        var said = saw.Findings.Where(f => f.Counts).ToList();
        var summary = $"lab {lab.Verdict.Verdict} [{Names(lab.Verdict.Findings)}], dump {saw.Verdict} [{Names(said)}] {string.Join("; ", saw.Inconclusive)}"
            + $" gaps: {string.Join("; ", dump.Scenarios[0].Capture.Gaps.Take(3))}";
        var isVerdictExplained = false;
        foreach (var finding in lab.Verdict.Findings.Where(f => f.Counts && !f.IsOver))
        {
            var id = Reasons.Of(finding.Reason).Id;
            var strict = Strict(finding, said).ToList();
            if (KeyOf(id, file, lab.Verdict.Verdict) is not { } key)
            {
                foreach (var difference in strict)
                    yield return $"{id} {difference}: {summary}";
                continue;
            }

            var unseen = s_unseen[key];
            used.Add(key);
            if (strict.Count > 0 || saw.Verdict != lab.Verdict.Verdict)
                needed.Add(key);
            isVerdictExplained |= unseen[1] == saw.Verdict.ToString();
            if (unseen[1] != saw.Verdict.ToString() && unseen[1] != "same")
                yield return $"{id} is listed to show as {unseen[1]} in a dump: {summary}";
            if (unseen[2] == "-" ? said.Count > 0 : !said.Exists(f => unseen[2].Split('|').Contains(Reasons.Of(f.Reason).Id)))
                yield return $"{id} is listed to show as {unseen[2]} in a dump: {summary}";
            if (said.Exists(f => f.Reason == finding.Reason) && !unseen[2].Split('|').Contains(id))
                yield return $"{id} is listed as unseen, and the dump shows it: {summary}";
        }

        // Not exercised is not clean for the lab, which knows what it wanted to exercise; a dump knows of no such wish.
        isVerdictExplained |= lab.Verdict.Verdict == Verdict.Inconclusive;
        if (saw.Verdict != lab.Verdict.Verdict && !isVerdictExplained)
            yield return $"another verdict: {summary}";
        if (!lab.Verdict.Findings.Any(f => f.Counts) && said.Count > 0)
            yield return $"findings that the lab does not have: {summary}";
        if (said.Exists(f => f.Certainty == Certainty.Proven))
            yield return $"proven without a trace: {summary}";
    }

    /// <summary>In what the dump's findings differ from one of the lab's; that memory does not tell whose fault it is counts as less certain, not as other.</summary>
    private static IEnumerable<string> Strict(Finding finding, List<Finding> said)
    {
        var same = said.Where(f => f.Reason == finding.Reason).ToList();
        if (same.Count == 0)
            yield return "is not seen";
        else if (!same.Exists(f => HoldersOf(f).Intersect(HoldersOf(finding)).Any() || finding.Holders.Count == 0))
            yield return $"has other holders: lab {string.Join(",", HoldersOf(finding))}, dump {string.Join(",", same.SelectMany(HoldersOf))}";
        else if (!same.Exists(f => f.Blame.Party == finding.Blame.Party || f.Blame.Party == Party.Unknown))
            yield return $"blames another: lab {finding.Blame}, dump {same[0].Blame}";
    }

    /// <summary>The line of Data/dump-unseen.tsv for a reason: that of the driver, of the lab's verdict, or of all; null without one.</summary>
    private static string? KeyOf(string id, string file, Verdict verdict) =>
        new[] { $"{id} {file}", $"{id} {verdict}", id }.FirstOrDefault(s_unseen.ContainsKey);

    /// <summary>The holders, and the routines by which a registration may be named instead: the lab knows it by its routine, a dump by its entry.</summary>
    private static IEnumerable<VirtualAddress> HoldersOf(Finding finding) =>
        finding.Holders.Select(h => h.Address).Concat(finding.Evidence.Where(e => e.Field == "routine").Select(e => new VirtualAddress(e.Value)));

    private static string Names(IEnumerable<Finding> findings) => string.Join(",", findings.Select(f => Reasons.Of(f.Reason).Id + (f.Counts ? "" : "(note)")));

    private sealed class Memory(Dump dump) : IMachineMemory
    {
        public Target Target => dump.Kernel;

        public VirtualAddress? Find(string variable) => dump.Find(variable);

        public IEnumerable<MappedMemory> Mapped(VirtualAddress first, VirtualAddress last, Action<string> cutOff) =>
            dump.Kernel.MappedRanges(first, last, cutOff).Select(range => new MappedMemory(range.Address, range.Bytes, range.IsWritable));
    }

    private sealed class Bytes(byte[] content) : IDumpBytes
    {
        public long Length => content.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            var count = (int)Math.Clamp(content.Length - offset, 0, buffer.Length);
            content.AsSpan((int)offset, count).CopyTo(buffer);
            return count;
        }

        public void Dispose()
        {
        }
    }

    private sealed class Silent : IProgress<CheckProgress>
    {
        public void Report(CheckProgress value)
        {
        }
    }
}
