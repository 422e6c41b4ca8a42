package dev.leveret.amqp.wire;

import dev.leveret.amqp.api.ReplyCode;

/** Reads a method frame's payload: the only place that knows all methods by number. */
public final class MethodReader {

    private static final int ACCESS = 30;

    private MethodReader() {}

    /**
     * Reads the ids and arguments of one method, to the end of the frame.
     *
     * @throws MalformedFrameException 502 if the arguments end early or late, 540 or 503 if there is no such method
     */
    public static Method read(WireReader in) {
        int id = id(in);
        try {
            Method method = arguments(id, in);
            if (in.remaining() != 0) {
                throw MalformedFrameException.syntaxError(in.remaining() + " bytes are left over");
            }
            return method;
        } catch (MalformedFrameException e) {
            throw e.in(MethodNames.of(id), id >>> 16, id & 0xFFFF);
        }
    }

    private static int id(WireReader in) {
        try {
            return in.shortInt() << 16 | in.shortInt();
        } catch (MalformedFrameException e) {
            throw e.in("method id", 0, 0);
        }
    }

    private static Method arguments(int id, WireReader in) {
        return switch (id) {
            case ConnectionMethod.Start.ID -> ConnectionMethod.Start.read(in);
            case ConnectionMethod.StartOk.ID -> ConnectionMethod.StartOk.read(in);
            case ConnectionMethod.Secure.ID -> ConnectionMethod.Secure.read(in);
            case ConnectionMethod.SecureOk.ID -> ConnectionMethod.SecureOk.read(in);
            case ConnectionMethod.Tune.ID -> ConnectionMethod.Tune.read(in);
            case ConnectionMethod.TuneOk.ID -> ConnectionMethod.TuneOk.read(in);
            case ConnectionMethod.Open.ID -> ConnectionMethod.Open.read(in);
            case ConnectionMethod.OpenOk.ID -> ConnectionMethod.OpenOk.read(in);
            case ConnectionMethod.Close.ID -> ConnectionMethod.Close.read(in);
            case ConnectionMethod.CloseOk.ID -> ConnectionMethod.CloseOk.read(in);
            case ConnectionMethod.Blocked.ID -> ConnectionMethod.Blocked.read(in);
            case ConnectionMethod.Unblocked.ID -> ConnectionMethod.Unblocked.read(in);
            case ConnectionMethod.UpdateSecret.ID -> ConnectionMethod.UpdateSecret.read(in);
            case ConnectionMethod.UpdateSecretOk.ID -> ConnectionMethod.UpdateSecretOk.read(in);
            case ChannelMethod.Open.ID -> ChannelMethod.Open.read(in);
            case ChannelMethod.OpenOk.ID -> ChannelMethod.OpenOk.read(in);
            case ChannelMethod.Flow.ID -> ChannelMethod.Flow.read(in);
            case ChannelMethod.FlowOk.ID -> ChannelMethod.FlowOk.read(in);
            case ChannelMethod.Close.ID -> ChannelMethod.Close.read(in);
            case ChannelMethod.CloseOk.ID -> ChannelMethod.CloseOk.read(in);
            case ExchangeMethod.Declare.ID -> ExchangeMethod.Declare.read(in);
            case ExchangeMethod.DeclareOk.ID -> ExchangeMethod.DeclareOk.read(in);
            case ExchangeMethod.Delete.ID -> ExchangeMethod.Delete.read(in);
            case ExchangeMethod.DeleteOk.ID -> ExchangeMethod.DeleteOk.read(in);
            case ExchangeMethod.Bind.ID -> ExchangeMethod.Bind.read(in);
            case ExchangeMethod.BindOk.ID -> ExchangeMethod.BindOk.read(in);
            case ExchangeMethod.Unbind.ID -> ExchangeMethod.Unbind.read(in);
            case ExchangeMethod.UnbindOk.ID -> ExchangeMethod.UnbindOk.read(in);
            case QueueMethod.Declare.ID -> QueueMethod.Declare.read(in);
            case QueueMethod.DeclareOk.ID -> QueueMethod.DeclareOk.read(in);
            case QueueMethod.Bind.ID -> QueueMethod.Bind.read(in);
            case QueueMethod.BindOk.ID -> QueueMethod.BindOk.read(in);
            case QueueMethod.Purge.ID -> QueueMethod.Purge.read(in);
            case QueueMethod.PurgeOk.ID -> QueueMethod.PurgeOk.read(in);
            case QueueMethod.Delete.ID -> QueueMethod.Delete.read(in);
            case QueueMethod.DeleteOk.ID -> QueueMethod.DeleteOk.read(in);
            case QueueMethod.Unbind.ID -> QueueMethod.Unbind.read(in);
            case QueueMethod.UnbindOk.ID -> QueueMethod.UnbindOk.read(in);
            case BasicMethod.Qos.ID -> BasicMethod.Qos.read(in);
            case BasicMethod.QosOk.ID -> BasicMethod.QosOk.read(in);
            case BasicMethod.Consume.ID -> BasicMethod.Consume.read(in);
            case BasicMethod.ConsumeOk.ID -> BasicMethod.ConsumeOk.read(in);
            case BasicMethod.Cancel.ID -> BasicMethod.Cancel.read(in);
            case BasicMethod.CancelOk.ID -> BasicMethod.CancelOk.read(in);
            case BasicMethod.Publish.ID -> BasicMethod.Publish.read(in);
            case BasicMethod.Return.ID -> BasicMethod.Return.read(in);
            case BasicMethod.Deliver.ID -> BasicMethod.Deliver.read(in);
            case BasicMethod.Get.ID -> BasicMethod.Get.read(in);
            case BasicMethod.GetOk.ID -> BasicMethod.GetOk.read(in);
            case BasicMethod.GetEmpty.ID -> BasicMethod.GetEmpty.read(in);
            case BasicMethod.Ack.ID -> BasicMethod.Ack.read(in);
            case BasicMethod.Reject.ID -> BasicMethod.Reject.read(in);
            case BasicMethod.RecoverAsync.ID -> BasicMethod.RecoverAsync.read(in);
            case BasicMethod.Recover.ID -> BasicMethod.Recover.read(in);
            case BasicMethod.RecoverOk.ID -> BasicMethod.RecoverOk.read(in);
            case BasicMethod.Nack.ID -> BasicMethod.Nack.read(in);
            case ConfirmMethod.Select.ID -> ConfirmMethod.Select.read(in);
            case ConfirmMethod.SelectOk.ID -> ConfirmMethod.SelectOk.read(in);
            case TxMethod.Select.ID -> TxMethod.Select.read(in);
            case TxMethod.SelectOk.ID -> TxMethod.SelectOk.read(in);
            case TxMethod.Commit.ID -> TxMethod.Commit.read(in);
            case TxMethod.CommitOk.ID -> TxMethod.CommitOk.read(in);
            case TxMethod.Rollback.ID -> TxMethod.Rollback.read(in);
            case TxMethod.RollbackOk.ID -> TxMethod.RollbackOk.read(in);
            default -> throw unknown(id >>> 16);
        };
    }

    /**
     * A class that AMQP has with a method that is not here is an extension that is not implemented (540); numbers that
     * mean nothing at all are an invalid command (503). Class {@code access} existed and is left out, so it counts as
     * the former.
     */
    private static MalformedFrameException unknown(int classId) {
        return switch (classId) {
            case ConnectionMethod.CLASS_ID,
                    ChannelMethod.CLASS_ID,
                    ACCESS,
                    ExchangeMethod.CLASS_ID,
                    QueueMethod.CLASS_ID,
                    BasicMethod.CLASS_ID,
                    ConfirmMethod.CLASS_ID,
                    TxMethod.CLASS_ID ->
                new MalformedFrameException(ReplyCode.NOT_IMPLEMENTED, "this method is not implemented");
            default -> new MalformedFrameException(ReplyCode.COMMAND_INVALID, "there is no such method");
        };
    }
}
