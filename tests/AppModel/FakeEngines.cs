// the fake engines are put into PATH, which the whole process shares
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Switchboard.Tests.AppModel;

/// <summary>Container engines that do as told, in front of those that this machine has.</summary>
internal sealed class FakeEngines : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("switchboard-engines-");
    private readonly string? _path = Environment.GetEnvironmentVariable("PATH");

    public FakeEngines(string? answering)
    {
        foreach (var engine in (string[])["docker", "podman"])
        {
            var program = Path.Combine(_folder.FullName, engine);
            File.WriteAllText(program, $"#!/bin/sh\nexit {(engine == answering ? 0 : 1)}\n");
            File.SetUnixFileMode(program, Executable);
        }

        Environment.SetEnvironmentVariable("PATH", $"{_folder.FullName}:{_path}");
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PATH", _path);
        _folder.Delete(recursive: true);
    }
}
