/*
 * r37-defect: a neighbour that imports from r37-library and can itself not be unloaded, for it has no DriverUnload. The library's
 * driver object goes, its image stays for its importer: R-37. r37-repaired sets DriverUnload, so that it can be stopped first.
 * SPDX-License-Identifier: MIT
 */
#include "driver.h"

__declspec(dllimport) LONG NTAPI LibraryCount(VOID);

#ifdef REPAIRED
static VOID NTAPI DriverUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}
#endif

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
#ifdef REPAIRED
    DriverObject->DriverUnload = DriverUnload;
#else
    UNREFERENCED_PARAMETER(DriverObject); /* MISSING R-37 */
#endif
    return LibraryCount() > 0 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
