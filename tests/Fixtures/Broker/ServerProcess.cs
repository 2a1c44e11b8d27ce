using System.Diagnostics;

namespace Switchboard.Tests.Fixtures;

/// <summary>
/// A server with its children, in a separate session. A shell holds it and ends it as soon as its standard input closes,
/// which it does even when the test process is killed, with all of its group: the shell is of none that others know.
/// </summary>
internal sealed class ServerProcess
{
    private const string Holder = """setsid "$@" </dev/null & read end; kill -KILL -$!; wait""";

    private readonly Process _shell;

    private ServerProcess(Process shell) => _shell = shell;

    /// <summary>Starts a server and waits until it says that it is ready.</summary>
    public static async Task<ServerProcess> StartAsync(
        string user, string readyLine, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        string[] asUser = Environment.IsPrivilegedProcess
            ? ["setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups", .. command]
            : command;
        var start = new ProcessStartInfo("setsid", ["sh", "-c", Holder, "holder", .. asUser])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var shell = Process.Start(start)!;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        shell.OutputDataReceived += Listen;
        shell.ErrorDataReceived += Listen;
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return new(shell);

        void Listen(object sender, DataReceivedEventArgs line)
        {
            lock (said)
                said.Add(line.Data ?? "(end)");
            if (line.Data?.Contains(readyLine, StringComparison.Ordinal) == true)
                ready.TrySetResult();
            else if (line.Data is null)
                ready.TrySetException(new InvalidOperationException($"{command[0]} did not start: {string.Join('\n', said)}"));
        }
    }

    /// <summary>SIGKILL, to it and all its children: nothing is said to anybody.</summary>
    public async Task KillAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    /// <summary>Runs a command that ends by itself, and well.</summary>
    public static async Task RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, WorkingDirectory = "/" };
        using var process = Process.Start(start)!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, string.Join(' ', command));
    }
}
