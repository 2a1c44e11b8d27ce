using System.Net.Sockets;

namespace Aspire.Hosting.Run;

/// <summary>Sends a command to the app host that runs already.</summary>
internal sealed class ControlClient(LocalRun run)
{
    /// <summary>Prints the answer; 0 if the command was carried out.</summary>
    public async Task<int> SendAsync(string[] command, CancellationToken cancellationToken)
    {
        using var socket = await ControlSocket.ConnectAsync(run, cancellationToken)
            ?? throw new DistributedApplicationException("The application does not run: nothing to send the command to.");
        await using var stream = new NetworkStream(socket);
        await using var writer = new StreamWriter(stream) { AutoFlush = true };
        using var reader = new StreamReader(stream);

        await writer.WriteLineAsync(string.Join(' ', command).AsMemory(), cancellationToken);
        var succeeded = await reader.ReadLineAsync(cancellationToken) == "ok";
        await (succeeded ? Console.Out : Console.Error).WriteAsync(await reader.ReadToEndAsync(cancellationToken));
        return succeeded ? 0 : 1;
    }
}
