using System.Net.Sockets;
using Aspire.Hosting.Terminal;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Run;

/// <summary>Carries out commands that come over the <see cref="ControlSocket"/>; also keeps a second app host off the same data.</summary>
internal sealed class ControlServer(LocalRun run, CommandInterpreter commands) : BackgroundService
{
    private Socket? _listener;

    /// <exception cref="DistributedApplicationException">Another app host has the folder.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        using (var other = await ControlSocket.ConnectAsync(run, cancellationToken))
        {
            if (other is not null) throw new DistributedApplicationException($"The application runs already, with its data in {run.Folder}.");
        }

        run.Prepare();
        var path = ControlSocket.PathOf(run);
        File.Delete(path);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(ControlSocket.Of(run));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listener.Listen();
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _listener?.Dispose();
        File.Delete(ControlSocket.PathOf(run));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
            _ = AnswerAsync(await _listener!.AcceptAsync(stoppingToken), stoppingToken);
    }

    private async Task AnswerAsync(Socket client, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            using var reader = new StreamReader(stream);
            await using var writer = new StreamWriter(stream);
            if (await reader.ReadLineAsync(cancellationToken) is not { } line) return;

            var (succeeded, answer) = await commands.ExecuteAsync(line, cancellationToken);
            await writer.WriteLineAsync(succeeded ? "ok" : "failed");
            await writer.WriteLineAsync(answer);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // who asked has gone, or we go: nobody is left to read an answer
        }
    }
}
