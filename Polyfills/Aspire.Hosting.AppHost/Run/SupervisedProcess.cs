using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Run;

/// <summary>A process in a session of its own, that the guardian knows, and whose descendants end with it.</summary>
internal sealed partial class SupervisedProcess
{
    private readonly Process _process;
    private readonly ProcessLaunch _launch;

    private SupervisedProcess(Process process, ProcessLaunch launch, Guardian guardian)
    {
        _process = process;
        _launch = launch;
        Exited = EndAsync(guardian);
    }

    public int Id => _process.Id;

    /// <summary>The exit code (128 and the signal's number if one killed it), when it and its descendants are gone.</summary>
    public Task<int> Exited { get; }

    public static SupervisedProcess Start(ProcessLaunch launch, Guardian guardian, Action<string, bool> onLine)
    {
        string[] command = ["setsid", .. launch.Account.Prefix, launch.Program, .. launch.Arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = launch.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in launch.Environment)
            start.Environment[name] = value;
        start.Environment[Guardian.MarkVariable] = guardian.Mark;

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Pass(line.Data, isError: false);
        process.ErrorDataReceived += (_, line) => Pass(line.Data, isError: true);
        process.Start();
        guardian.Watch(process.Id);
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new SupervisedProcess(process, launch, guardian);

        void Pass(string? line, bool isError)
        {
            if (line is not null) onLine(line, isError);
        }
    }

    /// <summary>Asks it to end, and kills it if it does not in time.</summary>
    public async Task<int> StopAsync(TimeSpan grace, TimeProvider time)
    {
        Send(Id, _launch.StopSignal);
        try
        {
            return await Exited.WaitAsync(grace, time);
        }
        catch (TimeoutException)
        {
            Send(-Id, Signal.Kill);
            return await Exited;
        }
    }

    private async Task<int> EndAsync(Guardian guardian)
    {
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.Exited += (_, _) => exited.TrySetResult();
        if (_process.HasExited) exited.TrySetResult();
        await exited.Task;

        // descendants would hold the output open, and a port that the next start needs
        Send(-Id, Signal.Kill);
        await _process.WaitForExitAsync();
        guardian.Forget(Id);
        return _process.ExitCode;
    }

    /// <summary>A process that is gone already needs no signal: the result says nothing more.</summary>
    private static void Send(int processOrGroup, Signal signal) => _ = Kill(processOrGroup, (int)signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processOrGroup, int signal);
}
