using System.Diagnostics;

namespace Aspire.Hosting.Run;

/// <summary>
/// A shell that outlives the app host by as long as it takes to end what the app host started.
/// It reads the process groups from a pipe; when the app host is gone, however it went, the pipe closes.
/// </summary>
internal sealed class Guardian(LocalRun run) : IAsyncDisposable
{
    /// <summary>In the environment of everything started: finds what has left its process group, or was started in the last moment.</summary>
    public const string MarkVariable = "ASPIRE_LOCAL_RUN";

    // the lock keeps the next run waiting until this one is cleared away; the kept mark clears away what even a killed guardian left
    private const string Script = """
        trap '' HUP INT TERM
        mark=$1 kept=$2 temporary=$3 groups=' '
        marked() { grep -lzx "$mark" /proc/[0-9]*/environ 2>/dev/null | tr -dc '0-9\n'; }
        signal() {
          for group in $groups; do kill -s "$1" -- "-$group" 2>/dev/null; done
          for process in $(marked); do kill -s "$1" "$process" 2>/dev/null; done
        }
        alive() {
          for group in $groups; do kill -s 0 -- "-$group" 2>/dev/null && return 0; done
          [ -n "$(marked)" ]
        }
        sweep() {
          signal TERM
          tries=0
          while alive && [ $tries -lt 40 ]; do sleep 0.1; tries=$((tries + 1)); done
          signal KILL
        }
        if [ -f "$kept" ]; then mine=$mark; mark=$(cat "$kept"); sweep; mark=$mine; fi
        echo "$mark" > "$kept"
        echo ready
        while read -r what group; do
          case $what in
            +) groups="$groups$group " ;;
            -) groups="${groups%% "$group" *} ${groups#* "$group" }" ;;
          esac
        done
        sweep
        rm -f -- "$kept"
        [ -z "$temporary" ] || rm -rf -- "$temporary"
        """;

    private readonly Lock _lock = new();
    private Process? _shell;

    /// <summary>What the environment of everything started must hold under <see cref="MarkVariable"/>.</summary>
    public string Mark { get; } = Guid.CreateVersion7().ToString("N");

    /// <summary>Returns when what a former run left is gone.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // a session of its own: Ctrl-C in the terminal does not reach it
        string[] command =
        [
            "flock", Path.Combine(run.Folder, "lock"), "sh", "-c", Script, "guardian",
            $"{MarkVariable}={Mark}", Path.Combine(run.Folder, "mark"), run.IsTemporary ? run.Folder : "",
        ];
        var start = new ProcessStartInfo("setsid", command)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        _shell = Process.Start(start) ?? throw new InvalidOperationException("setsid could not be started.");
        _shell.StandardInput.AutoFlush = true;
        if (await _shell.StandardOutput.ReadLineAsync(cancellationToken) != "ready")
            throw new InvalidOperationException("The guardian of the processes did not start.");
    }

    public void Watch(int processGroup) => Tell("+", processGroup);

    public void Forget(int processGroup) => Tell("-", processGroup);

    /// <summary>Lets the guardian end what is left, and waits until it has.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_shell is null) return;
        lock (_lock) _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
        _shell = null;
    }

    private void Tell(string what, int processGroup)
    {
        lock (_lock) _shell?.StandardInput.Write($"{what} {processGroup}\n");
    }
}
