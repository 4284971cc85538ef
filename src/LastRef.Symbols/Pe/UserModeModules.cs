namespace LastRef.Symbols;

/// <summary>Tells system DLLs that exist only in user mode from modules that the kernel's loader may load.</summary>
/// <remarks>
/// The kernel has no user-mode DLLs to bind to: an import from one fails the load. What is not listed here is not judged by its name; the loader
/// looks it up among the kernel, the loaded images and the export drivers given to it. Sources: Windows API set and "Windows umbrella
/// libraries" reference (api-ms-win-*, ext-ms-*), KnownDLLs, "C runtime library files" (ucrtbase, vcruntime*, msvc*), Win32 API reference (the DLL of each function).
/// </remarks>
public static class UserModeModules
{
    // Subsystem and base DLLs, KnownDLLs, then the DLLs that the Win32 reference names most; without ".dll".
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "ntdll", "kernel32", "kernelbase", "user32", "gdi32", "gdi32full", "win32u", "winsrv", "csrsrv", "advapi32", "sechost", "rpcrt4",
        "clbcatq", "combase", "comdlg32", "coml2", "difxapi", "gdiplus", "imagehlp", "imm32", "msctf", "normaliz", "nsi", "ole32",
        "oleaut32", "psapi", "setupapi", "shcore", "shell32", "shlwapi", "wldap32", "wow64", "wow64cpu", "wow64win", "ws2_32",
        "bcrypt", "bcryptprimitives", "cfgmgr32", "comctl32", "credui", "crypt32", "cryptbase", "cryptsp", "cryptui", "dbgcore", "dbgeng",
        "dbghelp", "devobj", "dhcpcsvc", "dnsapi", "dwmapi", "dxgi", "fltlib", "glu32", "hid", "hlink", "httpapi", "iphlpapi", "ktmw32",
        "mpr", "mscoree", "msi", "msimg32", "mswsock", "ncrypt", "netapi32", "newdev", "ntdsapi", "ntlanman", "odbc32", "opengl32", "pdh",
        "powrprof", "profapi", "propsys", "rasapi32", "rstrtmgr", "samlib", "secur32", "sspicli", "tdh", "uiautomationcore", "urlmon",
        "userenv", "usp10", "uxtheme", "version", "virtdisk", "wer", "wevtapi", "wininet", "winhttp", "winmm", "winspool.drv", "winsta",
        "wintrust", "winusb", "wlanapi", "wsock32", "wtsapi32", "wudfplatform", "wudfx", "wudfx02000", "xinput1_4",
    };

    private static readonly string[] RuntimePrefixes =
        ["ucrtbase", "msvcrt", "msvcr", "msvcp", "vcruntime", "concrt", "vccorlib", "mfc", "atl", "libgcc_s", "libstdc++", "libwinpthread", "cygwin", "msys-"];

    /// <summary>True when a module of this name exists in user mode only.</summary>
    /// <param name="module">Name as in an import directory; case and the extension <c>.dll</c> do not matter.</param>
    public static bool Contains(string module)
    {
        var name = module.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? module[..^4] : module;
        if (name.StartsWith("api-ms-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ext-ms-", StringComparison.OrdinalIgnoreCase))
            return !IsKernelApiSet(name);
        if (Names.Contains(name))
            return true;
        return module.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            && RuntimePrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
    }

    // The kernel and win32k have API sets of their own; the WDK reference gives Ext-MS-Win-ntos-tm-l1-1-0.dll as the place of the Tm routines.
    private static bool IsKernelApiSet(string name) =>
        name.Contains("-ntos-", StringComparison.OrdinalIgnoreCase) || name.Contains("-win32k-", StringComparison.OrdinalIgnoreCase);
}
