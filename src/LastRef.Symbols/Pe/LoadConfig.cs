namespace LastRef.Symbols;

/// <summary>What a loader needs from the load configuration directory of a PE32+ image.</summary>
/// <param name="SecurityCookie">The variable <c>__security_cookie</c>; null when the image has none.</param>
/// <param name="GuardCheckFunctionPointer">The pointer through which control-flow guard checks a target; null when there is none.</param>
/// <param name="GuardDispatchFunctionPointer">The pointer through which control-flow guard calls a target (in rax); null when there is none.</param>
/// <param name="GuardFlags">IMAGE_GUARD_* bits; 0 when the directory is too short to have them.</param>
/// <remarks>Source: PE format, "The Load Configuration Structure"; IMAGE_LOAD_CONFIG_DIRECTORY64 in winnt.h.</remarks>
public sealed record LoadConfig(
    Rva? SecurityCookie, Rva? GuardCheckFunctionPointer, Rva? GuardDispatchFunctionPointer, uint GuardFlags);
