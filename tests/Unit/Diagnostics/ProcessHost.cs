using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace Switchboard.Tests.Unit.Diagnostics;

/// <summary>The host that a process builds by its own Program, taken at the moment before it starts.</summary>
internal sealed class ProcessHost : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private static readonly AsyncLocal<ProcessHost?> Current = new();

    private readonly Action<IHostBuilder> _configure;
    private IHost? _host;

    private ProcessHost(Action<IHostBuilder> configure) => _configure = configure;

    /// <summary>Runs the Program of an assembly as far as its host.</summary>
    /// <param name="assembly">Its name.</param>
    /// <param name="settings">As its command line takes them.</param>
    /// <param name="configure">Adds to what the process has set up.</param>
    public static IHost Build(string assembly, string[] settings, Action<IHostBuilder> configure)
    {
        var process = new ProcessHost(configure);
        Current.Value = process;
        using (DiagnosticListener.AllListeners.Subscribe(process))
        {
            try
            {
                var program = Assembly.Load(assembly).EntryPoint!;
                program.Invoke(null, [program.GetParameters().Length == 0 ? null : settings]);
            }
            catch (TargetInvocationException stopped) when (stopped.InnerException is Built)
            {
            }
            finally
            {
                Current.Value = null;
            }
        }

        return process._host ?? throw new InvalidOperationException($"{assembly} built no host.");
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting")
            value.Subscribe(this);
    }

    // other tests build hosts meanwhile
    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (Current.Value != this)
            return;
        if (value.Key == "HostBuilding")
            _configure((IHostBuilder)value.Value!);
        if (value.Key != "HostBuilt")
            return;
        _host = (IHost)value.Value!;
        throw new Built();
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private sealed class Built : Exception;
}
