using System.Globalization;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>What a finding's token says: with it and the same files the same run is had again, byte for byte.</summary>
/// <remarks>The machine makes no choice by chance, so the scenario and the machine's options are all that there is to say.</remarks>
internal sealed record ReplayToken(string Scenario, NtBuild Build, bool Verifier, long MaximumInstructions, string DriverSha256)
{
    private const string Prefix = "lr1";

    public static ReplayToken Parse(string text)
    {
        var parts = text.Split('.');
        if (parts.Length != 6 || parts[0] != Prefix
            || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var build) || !Enum.IsDefined((NtBuild)build)
            || parts[3] is not ("v" or "n")
            || !long.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out var instructions))
            throw new UsageException($"'{text}' is no replay token; a report prints one beside each scenario.");
        return new ReplayToken(parts[1], (NtBuild)build, parts[3] == "v", instructions, parts[5]);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}.{Scenario}.{(int)Build}.{(Verifier ? "v" : "n")}.{MaximumInstructions}.{DriverSha256[..12]}");
}
