using RabbitMQ.Client;

namespace Switchboard.Core.RabbitMq;

/// <summary>A message on its way to a queue.</summary>
internal readonly record struct OutgoingMessage(string Queue, BasicProperties Properties, ReadOnlyMemory<byte> Body);
