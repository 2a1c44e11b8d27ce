using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Terminal;

/// <summary>
/// Stops the application when <c>dotnet run</c>, which started it, is killed: it would run on without anybody to stop it.
/// </summary>
internal sealed partial class ParentWatch(IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // no event tells of a parent's death that is safe here: the kernel's own is sent when the parent's thread ends
        var parent = ParentProcess();
        var name = $"/proc/{parent}/comm";
        if (!File.Exists(name) || (await File.ReadAllTextAsync(name, stoppingToken)).Trim() != "dotnet") return;

        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (ParentProcess() == parent) continue;
            lifetime.StopApplication();
            return;
        }
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentProcess();
}
