@echo off
rem Runs the tool, publishing it first when a source is newer than the published binary. Not tested in CI.
setlocal
set "root=%~dp0"
set "out=%root%artifacts\lastref"
powershell -NoProfile -Command "$s = Get-Item -ErrorAction SilentlyContinue '%out%\.stamp'; if (-not $s) { exit 1 }; $n = Get-ChildItem '%root%src' -Recurse -File | Where-Object { $_.FullName -notmatch '\\(bin|obj)\\' -and $_.LastWriteTimeUtc -gt $s.LastWriteTimeUtc } | Select-Object -First 1; if ($n) { exit 1 }"
if errorlevel 1 (
    echo lastref: building, this is done once 1>&2
    dotnet publish "%root%src\LastRef.Cli\LastRef.Cli.csproj" -c Release --use-current-runtime -p:ForThisMachine=true -o "%out%" -v q --nologo 1>&2
    if errorlevel 1 (
        echo lastref: the build failed 1>&2
        exit /b 70
    )
    type nul > "%out%\.stamp"
)
"%out%\lastref.exe" %*
exit /b %errorlevel%
