namespace LastRef;

/// <summary>A driver was not loaded because its image, or a driver object of its name, is there already (U-3.55, U-3.84).</summary>
/// <param name="Service">The service that was to be loaded.</param>
/// <param name="ImageFile">File name that the service names.</param>
/// <param name="LoadedBy">The service for which the image is in memory; null when no driver object names it any more.</param>
public sealed record LoadRefusedRecord(string Service, string ImageFile, string? LoadedBy, NtStatus Status) : TraceRecord;
