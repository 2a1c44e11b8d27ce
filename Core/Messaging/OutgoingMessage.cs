using RabbitMQ.Client;

namespace Switchboard.Core.Messaging;

/// <summary>A message on its way to a queue.</summary>
internal readonly record struct OutgoingMessage(string Queue, BasicProperties Properties, ReadOnlyMemory<byte> Body);
