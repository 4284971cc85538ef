using System.Text.Json.Serialization;

namespace LastRef.Reports;

/// <summary>The part of SARIF 2.1.0 that reports use (OASIS standard, "Static Analysis Results Interchange Format").</summary>
internal sealed record SarifLog([property: JsonPropertyName("$schema")] string Schema, string Version, IReadOnlyList<SarifRun> Runs);

internal sealed record SarifRun(
    SarifTool Tool, IReadOnlyList<SarifArtifact> Artifacts, IReadOnlyList<SarifInvocation> Invocations, IReadOnlyList<SarifResult> Results,
    string ColumnKind = "utf16CodeUnits");

internal sealed record SarifTool(SarifDriver Driver);

internal sealed record SarifDriver(
    string Name, string SemanticVersion, IReadOnlyList<SarifRule> Rules, IReadOnlyList<SarifNotificationRule> Notifications);

internal sealed record SarifRule(
    string Id, SarifText ShortDescription, SarifText FullDescription, SarifText Help, IReadOnlyDictionary<string, string> Properties);

internal sealed record SarifNotificationRule(string Id, SarifText ShortDescription);

internal sealed record SarifText(string Text);

internal sealed record SarifArtifact(SarifArtifactLocation Location, IReadOnlyList<string> Roles, IReadOnlyDictionary<string, string> Hashes);

internal sealed record SarifArtifactLocation(string Uri, int? Index = null);

internal sealed record SarifInvocation(bool ExecutionSuccessful, IReadOnlyList<SarifNotification> ToolExecutionNotifications);

internal sealed record SarifNotification(SarifReference Descriptor, string Level, SarifText Message);

internal sealed record SarifReference(string Id);

internal sealed record SarifResult(
    string RuleId, int RuleIndex, string Kind, string Level, SarifText Message, IReadOnlyList<SarifLocation> Locations,
    SarifProperties Properties);

internal sealed record SarifLocation(SarifPhysicalLocation PhysicalLocation, IReadOnlyList<SarifLogicalLocation>? LogicalLocations);

/// <summary>A source line, or the image with the address in it.</summary>
internal sealed record SarifPhysicalLocation(SarifArtifactLocation ArtifactLocation, SarifRegion? Region, SarifAddress? Address);

internal sealed record SarifRegion(int StartLine);

internal sealed record SarifAddress(long RelativeAddress, string Kind, string Name);

internal sealed record SarifLogicalLocation(string FullyQualifiedName, string Kind);

/// <summary>What SARIF has no place for.</summary>
internal sealed record SarifProperties(
    string Scenario, string Replay, string Verdict, string Certainty, string Phase, ReportBlame Blame, string? Missing,
    IReadOnlyList<ReportHolder> Holders, string Fix)
{
    public ReportWait? Wait { get; init; }
}
